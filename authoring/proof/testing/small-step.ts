import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A small step, complete in every part: its files by their names. */
export function smallStep(name: string): Record<string, string> {
  return {
    'README.md': '# Who manages the key\n\nYou do, or AWS does.\n\n## What you learned\n\nYou manage it.\n',
    'hints.md':
      '# Hints\n\n## 1 A nudge\n\nKMS knows.\n\n## 2 Where to look\n\nAt DescribeKey.\n\n## 3 Nearly\n\n`KeyManager`\n',
    'exercise.ts': exercise,
    'exercise.ts.shipped': exercise,
    'solution.ts': solution,
    'needs.json': '["kms:CreateKey", "kms:DescribeKey"]\n',
    'step.spec.ts': spec.replaceAll('STEP', name),
    'answers.md': answers,
  };
}

/** Writes a step into a copy of the project. A file without a text is left out. */
export function writeStep(root: string, name: string, files: Record<string, string | undefined>): void {
  const folder = join(root, 'workshop', name);
  rmSync(folder, { recursive: true, force: true });
  for (const [file, text] of Object.entries(files)) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

const solution = `import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';

/** Your prediction: who manages the key? */
export function predictManager(): string {
  // 1. Predict.
  return 'CUSTOMER';
}

/** Gives the manager of a key. */
export async function readManager(keyArn: string): Promise<string | undefined> {
  // 2. Ask KMS.
  const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
  return KeyMetadata?.KeyManager;
}
`;

const exercise = `import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { todo } from '#todo';

/** Your prediction: who manages the key? */
export function predictManager(): string {
  // TODO 1: predict, before you go on.
  return todo('TODO 1: predict the manager');
}

/** Gives the manager of a key. */
export async function readManager(keyArn: string): Promise<string | undefined> {
  // TODO 2: ask KMS.
  return todo('TODO 2: ask KMS');
}
`;

const spec = `import { expect, test } from 'vitest';
import { predictManager, readManager } from '#exercise/STEP';
import { throwIfTodo, useStep } from '../../src/run/step.ts';

const { runKeyArn } = useStep(import.meta.filename);

test('reads who manages the key', { meta: { todos: [2] } }, async () => {
  expect(await readManager(runKeyArn), 'DescribeKey knows the manager.').toBe('CUSTOMER');
});

test('fails for a key that is not there', { meta: { todos: [2] } }, async () => {
  const error = await readManager('alias/not-there').catch((e: Error) => e);
  throwIfTodo(error);
  expect(error, 'A key that is not there has no manager: let the error through.').toBeInstanceOf(Error);
});

test('as you predicted', { meta: { todos: [1] } }, () => {
  expect(predictManager(), 'You predicted another manager.').toBe('CUSTOMER');
});
`;

const answers = `# Answers

## Requests

- prediction: "predict, before you go on."
- KMS: "ask KMS."

## Wrong answers

### aws-manages-it: it says that AWS manages the key.
Says: You predicted another manager
Breaks: prediction
\`\`\`diff
-  return 'CUSTOMER';
+  return 'AWS';
\`\`\`

### give-the-state: it gives the state of the key.
Says: DescribeKey knows the manager
Breaks: KMS
\`\`\`diff
-  return KeyMetadata?.KeyManager;
+  return KeyMetadata?.KeyState;
\`\`\`

### manager-of-nothing: it answers for a key that is not there.
Says: let the error through
Breaks: readManager.keyArn
\`\`\`diff
-  const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
-  return KeyMetadata?.KeyManager;
+  const answer = new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
+  return answer.then(({ KeyMetadata }) => KeyMetadata?.KeyManager).catch(() => undefined);
\`\`\`

## Valid variants

### then: it uses a promise's then.
\`\`\`diff
-  const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
-  return KeyMetadata?.KeyManager;
+  const answer = new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
+  return answer.then(({ KeyMetadata }) => KeyMetadata?.KeyManager);
\`\`\`

### aggregated: it uses the aggregated client.
\`\`\`diff
-import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
+import { KMS } from '@aws-sdk/client-kms';
@@
-  const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
+  const { KeyMetadata } = await new KMS().describeKey({ KeyId: keyArn });
\`\`\`

### named-client: it gives the client a name.
\`\`\`diff
-  const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
+  const kms = new KMSClient();
+  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
\`\`\`

### whole-answer: it takes the manager out of the whole answer.
\`\`\`diff
-  const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
-  return KeyMetadata?.KeyManager;
+  const answer = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
+  return answer.KeyMetadata?.KeyManager;
\`\`\`

### constant: it keeps the prediction in a variable.
\`\`\`diff
-  return 'CUSTOMER';
+  const manager = 'CUSTOMER';
+  return manager;
\`\`\`
`;

/** A text with parts of it replaced. */
export function changed(text: string, changes: Record<string, string>): string {
  return Object.entries(changes).reduce((result, [part, replacement]) => {
    if (!result.includes(part)) throw new Error(`There is no "${part}" to be changed.`);
    return result.replaceAll(part, replacement);
  }, text);
}
