import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  type KMSClient,
  paginateListAliases,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import { tagsOf } from '../../src/state/run.ts';

/** Resources of others in the account and files of others in the output folder, beside those of a killed run. */
export interface OtherTeam {
  /** Everything in the account that isn't theirs and isn't about to be gone, and everything of theirs that is. */
  findHarm(): Promise<string[]>;
  /** The ids of the keys that aren't theirs. */
  keyIdsOfRuns(): Promise<string[]>;
}

const file = 'output/encrypted_e_1_of_another_team.txt';

/** Puts a key of another team there, and one of another learner of the workshop, with aliases like a run's, and a file. */
export async function settleOtherTeam(kms: KMSClient, root: string): Promise<OtherTeam> {
  const createKey = async (tags: ReturnType<typeof tagsOf>, aliasNames: string[]) => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags: tags }));
    for (const AliasName of aliasNames) {
      await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
    }
    return KeyMetadata?.Arn;
  };
  const aliases = ['alias/team', 'alias/kms_key_cse_usecase_3', 'alias/kms_key_cse_usecase_3_another'];
  const keys = [
    await createKey([], aliases.slice(0, 2)),
    await createKey(tagsOf('another'), aliases.slice(2)),
  ];
  writeFileSync(join(root, file), 'of another team');
  return {
    async keyIdsOfRuns() {
      const arns = [...(await statesOfKeys(kms)).keys()].filter((arn) => !keys.includes(arn));
      return arns.map((arn = '') => arn.slice(arn.lastIndexOf('/') + 1));
    },
    async findHarm() {
      const states = await statesOfKeys(kms);
      const names = await namesOfAliases(kms);
      return [
        ...keys.filter((arn) => states.get(arn) !== 'Enabled').map((arn) => `${arn} is another team's`),
        ...aliases.filter((name) => !names.includes(name)).map((name) => `${name} is another team's`),
        ...[...states]
          .filter(([arn, state]) => !keys.includes(arn) && state !== 'PendingDeletion')
          .map(([arn, state]) => `${arn} is ${state}`),
        ...names.filter((name) => !aliases.includes(name)).map((name) => `${name} is still there`),
        ...(readFileSync(join(root, file), 'utf8') === 'of another team' ? [] : [`${file} is another`]),
      ];
    },
  };
}

async function statesOfKeys(kms: KMSClient): Promise<Map<string | undefined, string | undefined>> {
  const states = new Map<string | undefined, string | undefined>();
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId, KeyArn } of Keys) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      states.set(KeyArn, KeyMetadata?.KeyState);
    }
  }
  return states;
}

/** AWS's own aliases name no key. */
async function namesOfAliases(kms: KMSClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: kms }, {})) {
    names.push(...Aliases.filter(({ TargetKeyId }) => TargetKeyId).map(({ AliasName = '' }) => AliasName));
  }
  return names;
}
