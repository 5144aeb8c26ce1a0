import { type CAC, cac } from 'cac';
import { closest } from '../text/closest.ts';
import { LearnerError } from '../text/learner-error.ts';
import { paint } from '../text/look.ts';

// Each command's code is loaded when it is wanted: a hint doesn't wait for the AWS SDK.

/** The learner's commands, as npm's scripts call them. */
function commands(root: string, print: (text: string) => void): CAC {
  const cli = cac('npm run');

  cli
    .command('hint [...steps]', 'Give one more hint: of the next step, or of the one you name')
    .usage('hint -- [step] [--again]')
    .option('--again', 'Show the hints that you have seen already')
    .example('  npm run hint -- 2\n  npm run hint -- 2 --again')
    .action(async (steps, { again }) => print((await import('./hint.ts')).hint(root, steps, { again })));

  cli
    .command('reset [...steps]', 'Restore exercises as shipped; what you wrote is saved first')
    .usage('reset -- <step> ...')
    .example('  npm run reset -- 2')
    .action(async (steps) => print((await import('./replace.ts')).reset(root, steps, new Date())));

  cli
    .command('solve [...steps]', 'Replace exercises with the reference; what you wrote is saved first')
    .usage('solve -- <step> ...')
    .example('  npm run solve -- 1 2')
    .action(async (steps) => print((await import('./replace.ts')).solve(root, steps, new Date())));

  cli
    .command('diff [...steps]', 'Compare your exercise with the reference, once the step is done')
    .usage('diff -- <step> [--anyway]')
    .option('--anyway', 'Show it before the step is done: it gives the solution away')
    .example('  npm run diff -- 2')
    .action(async (steps, { anyway }) => print((await import('./diff.ts')).diff(root, steps, { anyway })));

  cli
    .command('update [...folder]', 'Bring your exercises from the folder of an older version into this one')
    .usage('update -- <older folder>')
    .example('  npm run update -- ../data-key-caching-workshop')
    .action(async (folder) => (await import('./update.ts')).update(root, folder, new Date(), print));

  cli
    .command(
      'progress [...sheets]',
      'Show which steps are done, or merge the sheets of one learner from two places',
    )
    .usage('progress -- [--json] [sheet.json ...]')
    .option('--json', 'Print a sheet for an instructor, or for merging')
    .example(
      '  npm run --silent progress -- --json > laptop.json\n  npm run progress -- laptop.json desktop.json',
    )
    .action(async (sheets, { json }) =>
      print((await import('./progress.ts')).progress(root, sheets, { json })),
    );

  cli
    .command('class [folder]', 'Show where the learners of a class are, by their progress sheets')
    .usage('class -- <folder> [--json | --csv]')
    .option('--json', 'Print it for a program')
    .option('--csv', 'Print the table for a spreadsheet; remarks about the sheets go to standard error')
    .example('  npm run class -- sheets/\n  npm run --silent class -- sheets/ --csv > class.csv')
    .action(async (folder, options) =>
      (await import('./class.ts')).showClass(root, folder, { print, report: console.error }, options),
    );

  cli
    .command('doctor', 'Check what the workshop needs, and show how to fix what is missing')
    .usage('doctor -- [--with-key]')
    .option('--with-key', 'On a real account, create a short-lived key to prove the permissions')
    .action(async ({ withKey }) => (await import('./doctor.ts')).doctor(root, print, { withKey }));

  cli
    .command('clean-up', 'Show what killed runs left behind, then remove it')
    .usage('clean-up -- [--dry-run] [--run <name> | --all-runs]')
    .option('--dry-run', 'Show what would be removed, and change nothing')
    .option('--run <name>', 'Only this run; finds it by the tags of its keys when its ledger is gone')
    .option(
      '--all-runs',
      "Every run of the workshop in the account: other learners' too, even while they work",
    )
    .example('  npm run clean-up -- --dry-run\n  npm run clean-up -- --run 3f9a12c4')
    .action(async (options) => {
      const run = textOf(cli.rawArgs, '--run');
      return (await import('./clean-up.ts')).cleanUp(root, print, { ...options, run });
    });

  cli
    .command(
      'console',
      'Start a page that shows encrypted messages, the keys of the account, and what CloudTrail shows',
    )
    .usage('console')
    .action(async () => (await import('./console.ts')).showConsole(root, print));

  cli.help((sections) =>
    sections
      .filter(({ title }) => title !== undefined && !title.startsWith('For more info'))
      .map(({ title = '', body }) => ({ title: paint.bold(title), body })),
  );
  return cli;
}

/** The value of an option as it was typed: to cac, 01234567 is a number. */
function textOf(args: string[], option: string): string | undefined {
  const index = args.findLastIndex((arg) => arg === option || arg.startsWith(`${option}=`));
  const arg = args[index];
  return arg === option ? args[index + 1] : arg?.slice(option.length + 1);
}

/**
 * Makes arguments plain to cac, which ignores what follows `--` (npm takes it out, other package managers don't), takes any
 * value of a flag for true, and the argument after a flag for a number.
 *
 * @throws LearnerError when a flag has a value
 */
function withWholeFlags(cli: CAC, argv: string[]): string[] {
  const flags = cli.commands.flatMap((command) => command.options).filter(({ isBoolean }) => isBoolean);
  return argv
    .filter((arg) => arg !== '--')
    .map((arg) => {
      const flag = flags.find(({ rawName }) => arg === rawName || arg.startsWith(`${rawName}=`))?.rawName;
      if (flag && arg !== flag)
        throw new LearnerError(
          `The option ${flag} has no value, but you wrote ${arg}. Write ${flag}, or leave it out.`,
        );
      return flag ? `${flag}=true` : arg;
    });
}

/**
 * Runs one command.
 *
 * @param argv as `process.argv`
 * @param root the project's folder
 * @param print takes what the command has to say, as soon as it has
 * @returns whether all is well
 * @throws LearnerError when there is no such command; whatever the command throws
 */
export async function runCommandLine(
  argv: string[],
  root: string,
  print: (text: string) => void,
): Promise<boolean> {
  const cli = commands(root, print);
  const { options } = cli.parse(withWholeFlags(cli, argv), { run: false });
  const [typed] = cli.args;
  if (options.help) return true;
  if (cli.matchedCommand) return (await cli.runMatchedCommand()) !== false;
  if (typed === undefined) {
    cli.outputHelp();
    return true;
  }
  const names = cli.commands.map(({ name }) => name);
  const suggestion = closest(typed, names);
  throw new LearnerError(
    `There is no command "${typed}".${suggestion ? ` Did you mean ${suggestion}?` : ''}\nThe commands are: ${names.join(', ')}.`,
  );
}
