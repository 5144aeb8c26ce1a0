import { z } from 'zod';

/** The format of the lines that this workshop writes. */
const version = 1;

const placeSchema = z.object({
  target: z.enum(['local', 'aws', 'endpoint']),
  region: z.string(),
  /** The URL of KMS where it isn't AWS's own. */
  endpoint: z.string().optional(),
  /** The number of the AWS account, where AWS said it. */
  account: z.string().optional(),
});

const entrySchema = z.object({
  /** The process that keeps the run: while it lives, the run does. */
  process: z.object({
    id: z.number(),
    started: z.string().optional(),
    namespace: z.string().optional(),
  }),
  place: placeSchema,
  aliasName: z.string(),
  tags: z.array(z.object({ TagKey: z.string(), TagValue: z.string() })),
  /** WORKSHOP_OUTPUT_FOLDER of the run. It is only compared, and never becomes part of a path. */
  outputFolder: z.string(),
});

/** From here on, something may create keys, or remove them: who. */
const changingSchema = z.object({ changing: z.string() });
/** It has ended, and by so many the keys of the run have become more. */
const changedSchema = z.object({ more: z.number() });

const lineSchema = z.union([entrySchema, changingSchema, changedSchema]);

/** Account and region of a run's keys. */
export type Place = z.infer<typeof placeSchema>;

/** A key and its alias that a run is about to create. */
export type LedgerEntry = z.infer<typeof entrySchema>;

/** A line of a ledger. */
export type LedgerLine = z.infer<typeof lineSchema>;

/** The contents of a ledger. */
export interface LedgerText {
  lines: LedgerLine[];
  /** Lines that can't be read, by their numbers from 1, and why. */
  unreadable: { number: number; why: string }[];
}

/** Writes a line in a line of its own, even after one that was torn. Between two whole lines, there is an empty one. */
export function formatLine(line: LedgerLine): string {
  return `\n${JSON.stringify({ version, ...lineSchema.parse(line) })}\n`;
}

/**
 * Reads a ledger. A line that a crash tore off led to nothing yet, because what it announces comes after it: it is left out.
 * It lacks the end of its line, so that nothing or the next line comes right after it.
 *
 * @param isOfRun says whether an alias can be one of the run's
 */
export function readLines(text: string, isOfRun: (aliasName: string) => boolean): LedgerText {
  const read: LedgerText = { lines: [], unreadable: [] };
  const rows = text.split('\n');
  for (const [index, row] of rows.entries()) {
    if (row === '') continue;
    const line = readLine(row, isOfRun);
    const isTorn = rows[index + 1] !== '' && !isJson(row);
    if (typeof line !== 'string') read.lines.push(line);
    else if (!isTorn) read.unreadable.push({ number: index + 1, why: line });
  }
  return read;
}

/** Returns the line, or why it can't be read. */
function readLine(row: string, isOfRun: (aliasName: string) => boolean): LedgerLine | string {
  if (!isJson(row)) return 'it is not JSON';
  const parsed = JSON.parse(row);
  if (parsed?.version === undefined) return 'it has no version';
  if (parsed.version !== version)
    return `its version is not ${version}, and another version of the workshop wrote it`;
  const { data: line } = lineSchema.safeParse(parsed);
  if (!line) return 'it lacks something';
  if ('aliasName' in line && !isOfRun(line.aliasName)) return "its alias is not the run's";
  return line;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
