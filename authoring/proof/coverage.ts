import { type ESTree, parseSync } from 'vite';
import { findBlocks } from '../numbered-blocks.ts';
import type { StepFiles } from './step-files.ts';

/** The number of requests or parameters, and of those that a wrong answer breaks. */
interface Covered {
  covered: number;
  total: number;
}

/**
 * Complaints about requests of the lesson and parameters of the exercise's functions that no wrong answer breaks, and
 * about lists in `answers.md` that don't fit the lesson, the exercise or the solution.
 */
export function complainOfCoverage(step: StepFiles): string[] {
  const file = `${step.folder}/answers.md`;
  const isBroken = brokenBy(step);
  const requests = step.requests.map(({ name }) => name);
  const parameters = parametersOf(step.solution);
  const known = [...requests, ...parameters];
  const text = textOfRequests(step);
  const quotes = step.requests.flatMap((request) => request.quotes);
  const excused = new Set(step.uncovered.map(({ name }) => name));
  return [
    ...known
      .filter((name) => !isBroken(name) && !excused.has(name))
      .map(
        (name) =>
          `${file}: no wrong answer breaks ${kindOf(name)} "${name}": add one with the line "Breaks: ${name}".`,
      ),
    ...step.uncovered
      .filter(({ name }) => isBroken(name) || !known.includes(name))
      .map(({ name }) =>
        isBroken(name)
          ? `${file}: a wrong answer breaks "${name}": delete it from "Without a wrong answer".`
          : `${file}: "Without a wrong answer" names "${name}", which is no request and no parameter.`,
      ),
    ...step.wrongAnswers.flatMap(({ place, breaks }) =>
      complainOfBreaks(place, breaks, requests, parameters),
    ),
    ...quotes
      .filter((quote) => !text.includes(quote))
      .map((quote) => `${file}: neither the lesson nor the exercise says "${quote}": correct the request.`),
    ...todoSentences(step.exercise)
      .filter((sentence) => !quotes.some((quote) => sentence.includes(quote) || quote.includes(sentence)))
      .map((sentence) => `${file}: no request quotes this part of a TODO: "${sentence}".`),
  ];
}

/** A table for people: what each step asks for, and how much of it is covered by wrong answers. */
export function describeCoverage(steps: StepFiles[]): string {
  const rows = steps.map((step) => {
    const isBroken = brokenBy(step);
    const count = (names: string[]): Covered => ({
      covered: names.filter(isBroken).length,
      total: names.length,
    });
    const cells = [
      count(step.requests.map(({ name }) => name)),
      count(parametersOf(step.solution)),
      step.wrongAnswers.length,
      step.validVariants.length,
    ];
    return [
      step.name,
      ...cells.map((cell) => (typeof cell === 'number' ? `${cell}` : `${cell.covered} of ${cell.total}`)),
    ];
  });
  const table = [['step', 'requests', 'parameters', 'wrong answers', 'valid variants'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * The parameters of the exported functions, such as `createKey.aliasName`. Of a parameter whose type is an interface of
 * the same file, the properties.
 */
export function parametersOf(solution: string): string[] {
  const { body } = parseSync('solution.ts', solution).program;
  const declarations = body.map((statement) =>
    statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement,
  );
  const interfaces = new Map(
    declarations.flatMap((each) =>
      each.type === 'TSInterfaceDeclaration' ? [[each.id.name, propertiesOf(each)] as const] : [],
    ),
  );
  const exported = body.flatMap((statement) =>
    statement.type === 'ExportNamedDeclaration' && statement.declaration ? [statement.declaration] : [],
  );
  return exported.flatMap((declaration) => {
    if (declaration.type !== 'FunctionDeclaration') return [];
    const names = declaration.params.flatMap((parameter, index) => {
      const type = 'typeAnnotation' in parameter ? parameter.typeAnnotation?.typeAnnotation : undefined;
      const typeName =
        type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? type.typeName.name : '';
      const name = parameter.type === 'Identifier' ? parameter.name : `parameter ${index + 1}`;
      return interfaces.get(typeName) ?? [name];
    });
    return names.map((name) => `${declaration.id?.name}.${name}`);
  });
}

function propertiesOf({ body }: ESTree.TSInterfaceDeclaration): string[] {
  return body.body.flatMap((member) =>
    'key' in member && member.key.type === 'Identifier' ? [member.key.name] : [],
  );
}

function brokenBy({ wrongAnswers }: StepFiles): (name: string) => boolean {
  const broken = new Set(wrongAnswers.flatMap(({ breaks }) => breaks));
  return (name) => broken.has(name);
}

/** A wrong answer breaks one thing alone: a request, the parameter that it is about, or both. */
function complainOfBreaks(
  place: string,
  breaks: string[],
  requests: string[],
  parameters: string[],
): string[] {
  const unknown = breaks.filter((name) => !requests.includes(name) && !parameters.includes(name));
  const isOneThing = [requests, parameters].every(
    (names) => breaks.filter((name) => names.includes(name)).length <= 1,
  );
  return [
    ...unknown.map((name) => `${place}: "${name}" is no request of the step and no parameter.`),
    ...(isOneThing ? [] : [`${place} breaks more than one request or parameter: split it.`]),
  ];
}

function kindOf(name: string): string {
  return name.includes('.') ? 'the parameter' : 'the request';
}

/** The lesson and the exercise without line ends and comment marks. */
function textOfRequests({ lesson, exercise }: StepFiles): string {
  return `${lesson}\n${withoutCommentMarks(exercise)}`.replace(/\s+/g, ' ');
}

function todoSentences(exercise: string): string[] {
  const lines = exercise.split('\n');
  return findBlocks(exercise, 'exercise').flatMap(({ start, end }) => {
    const comment = lines.slice(start, end).filter((line) => line.trim().startsWith('//'));
    const text = withoutCommentMarks(comment.join('\n')).replace(/\s+/g, ' ');
    return text
      .replace(/^ ?TODO \d+: /, '')
      .trim()
      .split(/(?<=[.?!]) /);
  });
}

function withoutCommentMarks(source: string): string {
  return source.replace(/^\s*(\/\/|\/\*\*|\*)/gm, '');
}
