/**
 * How a text became another, line by line: `- ` is gone, `+ ` is new, and `  ` is the line before a change. Other
 * lines are left out.
 */
export function lineChanges(before: string, after: string): string[] {
  const isChange = (line = '') => /^[-+] /.test(line);
  return compare(before.split('\n'), after.split('\n')).filter(
    (line, index, all) => isChange(line) || (isChange(all[index + 1]) && line.trim() !== ''),
  );
}

/** The lines of both texts in order, the longest sequence that they have in common written once. */
function compare(before: string[], after: string[]): string[] {
  const common = lengthsInCommon(before, after);
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push(`  ${before[i]}`);
      i++;
      j++;
    } else if (i < before.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0)) {
      lines.push(`- ${before[i++]}`);
    } else {
      lines.push(`+ ${after[j++]}`);
    }
  }
  return lines;
}

/** For each pair of positions, how many lines the rests of the two texts have in common. */
function lengthsInCommon(before: string[], after: string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[];
      row[j] =
        before[i] === after[j]
          ? (lengths[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
