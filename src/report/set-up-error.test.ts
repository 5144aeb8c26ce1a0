import { KMSServiceException } from '@aws-sdk/client-kms';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { AccountError } from '../run/account/allowed-accounts.ts';
import { SettingsError } from '../settings/settings.ts';
import { OutputFolderError } from '../state/output-folder.ts';
import { renderSetUpError } from './set-up-error.ts';

const page = { colors: pc.createColors(false), width: 80 };
const named = (name: string) => Object.assign(new Error('something'), { name });
const ofAws = (name: string) =>
  new KMSServiceException({ name, message: 'no', $fault: 'client', $metadata: {} });

test.each([
  [ofAws('AccessDeniedException'), 'Run npm run doctor -- --with-key to see which permissions are missing'],
  [ofAws('ExpiredTokenException'), 'Run npm run doctor to find the cause'],
  [named('CredentialsProviderError'), 'Run npm run doctor to find the cause'],
  [new SettingsError('something'), 'Run npm run doctor to find the cause'],
  [new AccountError('something', 'something'), 'Run npm run doctor to find the cause'],
])('%s leads to the doctor', (error, wayOut) => {
  expect(renderSetUpError(error, page)).toContain(` → ${wayOut}`);
});

test('an error about files in the output folder says what to do with them', () => {
  expect(renderSetUpError(new SettingsError('something'), page).join('')).toContain('→');
  expect(renderSetUpError(new OutputFolderError('something'), page).join('')).not.toContain('→');
});

test('a refused connection names its address, or else its error code', () => {
  const error = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });

  expect(renderSetUpError(error, page)).toEqual([
    '',
    ' The workshop could not start.',
    '',
    ' AggregateError: ECONNREFUSED',
    '',
    ' → Run npm run doctor to find the cause',
    '',
    ' To see the whole error: npx vitest run --reporter=default',
  ]);
});

test('a port in use leads to the setting', () => {
  const error = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });

  expect(renderSetUpError(error, page)).toContain(
    ' → Another program uses this port. Set WORKSHOP_LOCAL_PORT to another one, or unset it.',
  );
});

test('a settings error leads to the doctor, a defect of the workshop does not', () => {
  expect(renderSetUpError(new SettingsError('something'), page).join('\n')).toContain('doctor');
  expect(renderSetUpError(named('TypeError'), page).join('\n')).not.toContain('doctor');
});

test("control characters in an endpoint's answer and the compiler's colours don't reach the terminal", () => {
  const error = Object.assign(new Error('\u001b[31mno\u001b[39m\u001b[2J\r\u0007!'), {
    name: 'Odd\u001b]0;x\u0007Exception',
  });

  expect(renderSetUpError(error, page)).toContain(' OddException: no<U+000D><U+0007>!');
});
