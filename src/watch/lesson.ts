import { readLesson, type StepFolder } from '../steps/step-folders.ts';
import { indent, paint, renderMarkdown } from '../text/look.ts';

/**
 * Returns a step's lesson for the terminal. It lacks "What you learned": the end of a long text is what stays on the screen, and
 * that section answers the lesson's question. It is shown when the step turns green.
 */
export function lesson(root: string, { name, number, title }: StepFolder): string {
  const [text = ''] = readLesson(root, name)
    .replace(/^# .*\n/, '')
    .split(/^## What you learned\s*$/m);
  const width = Math.min(process.stdout.columns ?? 80, 100);
  return [
    `${paint.bold(`Step ${number}, ${title}`)}  ${paint.dim('lesson')}`,
    indent(renderMarkdown(text.trim(), width - 4)),
    paint.dim(`To read it in an editor, open workshop/${name}/README.md`),
  ].join('\n\n');
}
