import { KMSServiceException } from '@aws-sdk/client-kms';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { renderSetUpError } from './set-up-error.ts';

const page = { colors: pc.createColors(false), width: 80 };
const named = (name: string) => Object.assign(new Error('something'), { name });
const ofAws = (name: string) =>
  new KMSServiceException({ name, message: 'no', $fault: 'client', $metadata: {} });

test.each([
  [ofAws('AccessDeniedException'), 'Which permissions are missing, this tells: npm run doctor -- --with-key'],
  [ofAws('ExpiredTokenException'), 'What is wrong, this may tell: npm run doctor'],
  [named('CredentialsProviderError'), 'What is wrong, this may tell: npm run doctor'],
])('%s leads to the doctor', (error, wayOut) => {
  expect(renderSetUpError(error, page)).toContain(` → ${wayOut}`);
});

test.each([named('SettingsError'), named('TypeError')])('%s leads to no doctor', (error) => {
  expect(renderSetUpError(error, page).join('\n')).not.toContain('doctor');
});
