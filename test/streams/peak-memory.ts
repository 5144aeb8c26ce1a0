/**
 * Encrypts and decrypts a file, and prints how many MiB of memory the process had at most, beyond what it had before:
 *
 *   node --import @oxc-node/core/register test/streams/peak-memory.ts <folder> <MiB> streams|at-once
 */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildClient, CommitmentPolicy } from '@aws-crypto/client-node';
import { sampleKeyring, sampleManager } from '../../src/evidence/samples.ts';
import { decryptFile, encryptFile } from '../../workshop/08-encrypt-streams/solution.ts';

const [folder = '', mebibytes, how] = process.argv.slice(2);
const plaintextFile = join(folder, 'plaintext');
const encryptedFile = join(folder, 'encrypted');
writeFileSync(plaintextFile, '');
// The file takes no space on the disk: its bytes are zeros that nobody wrote.
truncateSync(plaintextFile, Number(mebibytes) * 1024 ** 2);

const before = process.resourceUsage().maxRSS;
if (how === 'streams') {
  const materialsManager = sampleManager();
  await encryptFile({ materialsManager, encryptionContext: {}, plaintextFile, encryptedFile });
  await decryptFile({ keyring: sampleKeyring, encryptedFile, plaintextFile });
} else {
  const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const { result } = await encrypt(sampleKeyring, readFileSync(plaintextFile));
  writeFileSync(plaintextFile, (await decrypt(sampleKeyring, result)).plaintext);
}
console.log((process.resourceUsage().maxRSS - before) / 1024);
