/**
 * The candidate that was probably meant, or undefined when none comes near.
 *
 * @param tolerated how many letters may be wrong
 */
export function closest(
  typed: string,
  candidates: string[],
  tolerated = Math.max(1, Math.floor(typed.length / 3)),
): string | undefined {
  const [best] = candidates
    .filter((candidate) => Math.abs(candidate.length - typed.length) <= tolerated)
    .map((candidate) => ({ candidate, distance: editDistance(typed.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= tolerated ? best.candidate : undefined;
}

/** Number of letters to insert, delete, replace or swap: the optimal string alignment distance. */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const cells = [row];
    for (let column = 1; column <= to.length; column++) {
      const at = (rowsUp: number, columnsLeft: number) =>
        (rowsUp === 0 ? cells : rows[row - rowsUp])?.[column - columnsLeft] ?? Number.POSITIVE_INFINITY;
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      cells.push(
        Math.min(
          at(0, 1) + 1,
          at(1, 0) + 1,
          at(1, 1) + (isSame ? 0 : 1),
          isSwapped ? at(2, 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(cells);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}
