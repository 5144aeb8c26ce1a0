import { type ESTree, parseSync, Visitor } from 'vite';

/** A statement of a spec that asserts something. */
export interface Assertion {
  /** As it is written, on one line. */
  code: string;
  /** The first and the last line, from 1. */
  lines: [number, number];
  /** Offsets in the spec. */
  range: [number, number];
  /** Why no wrong answer fails here, if the comment above the assertion says so. */
  reason: string | undefined;
}

const reasonMark = 'No wrong answer fails here: ';

/**
 * Finds the assertions of a spec: the statements that begin with `expect`, and those that call a function of the spec
 * whose name does, such as `expectRefused(…)`.
 */
export function findAssertions(spec: string): Assertion[] {
  const { program, comments } = parseSync('step.spec.ts', spec);
  const assertions: Assertion[] = [];
  new Visitor({
    ExpressionStatement({ expression, start, end }) {
      if (!/^expect/.test(firstWord(expression))) return;
      assertions.push({
        code: spec.slice(start, end).replace(/\s+/g, ' '),
        lines: [lineAt(spec, start), lineAt(spec, end)],
        range: [start, end],
        reason: reasonAbove(spec, comments, start),
      });
    },
  }).visit(program);
  return assertions;
}

/** The spec with an empty statement for an assertion, which may be all that follows an `if`. All lines stay where they are. */
export function withoutAssertion(spec: string, { range: [start, end] }: Assertion): string {
  return `${spec.slice(0, start)};${spec.slice(start + 1, end).replace(/[^\n]/g, ' ')}${spec.slice(end)}`;
}

/** The identifier that a chain of calls and members begins with, such as `expect` of `expect(x).not.toBe(1)`. */
function firstWord(expression: ESTree.Expression | ESTree.Super): string {
  switch (expression.type) {
    case 'Identifier':
      return expression.name;
    case 'AwaitExpression':
      return firstWord(expression.argument);
    case 'CallExpression':
      return firstWord(expression.callee);
    case 'MemberExpression':
      return firstWord(expression.object);
    default:
      return '';
  }
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

/** The text of the comment lines right above, from the mark on. */
function reasonAbove(
  spec: string,
  comments: ReturnType<typeof parseSync>['comments'],
  start: number,
): string | undefined {
  const lines: string[] = [];
  let next = start;
  for (const comment of comments.filter(({ end }) => end <= start).reverse()) {
    if (spec.slice(comment.end, next).trim() !== '') break;
    lines.unshift(comment.value.trim());
    next = comment.start;
  }
  const [, reason] = lines.join(' ').split(reasonMark);
  return reason?.trim() || undefined;
}
