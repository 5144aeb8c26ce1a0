import { AwsError } from '../api/errors.ts';

const prefix = 'after:';

/**
 * Cuts a page out of an ordered list. The marker names the last item of the page before, so that items which come and
 * go between two pages shift nothing.
 *
 * @param nameOf the item's place in the order; no two items share one
 * @throws {AwsError} `InvalidMarkerException` for a marker that isn't one of ours
 */
export function page<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  request: { limit: number; marker?: string | undefined },
): { items: readonly Item[]; truncation: { Truncated: boolean; NextMarker?: string } } {
  const after = request.marker === undefined ? undefined : nameIn(request.marker);
  const rest = after === undefined ? items : items.filter((item) => nameOf(item) > after);
  const shown = rest.slice(0, request.limit);
  const last = shown[shown.length - 1];
  if (last === undefined || shown.length === rest.length)
    return { items: shown, truncation: { Truncated: false } };
  return { items: shown, truncation: { Truncated: true, NextMarker: markerAfter(nameOf(last)) } };
}

const markerAfter = (name: string) => Buffer.from(prefix + name).toString('base64');

function nameIn(marker: string): string {
  const decoded = Buffer.from(marker, 'base64').toString();
  if (!decoded.startsWith(prefix)) throw new AwsError('InvalidMarkerException', `Invalid marker: ${marker}`);
  return decoded.slice(prefix.length);
}
