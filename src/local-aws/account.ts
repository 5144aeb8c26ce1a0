/** The only account and Region of a local AWS. */
export interface Account {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
}

export const accountIdPattern = /^\d{12}$/;

/** The pattern and length of RegionType in the KMS model. */
export const regionPattern = /^(?=.{1,32}$)([a-z]+-){2,3}\d+$/;

/** @throws {TypeError} if the account id or the Region is invalid */
export function newAccount(accountId: string, region: string): Account {
  if (!accountIdPattern.test(accountId)) {
    throw new TypeError(`The account id is '${accountId}'; it has to be twelve digits. Correct accountId.`);
  }
  if (!regionPattern.test(region)) {
    throw new TypeError(
      `The Region is '${region}'; it has to be the name of a Region, such as us-east-1. Correct region.`,
    );
  }
  return { accountId, region };
}

export const keyArn = (account: Account, keyId: string): string =>
  `arn:aws:kms:${account.region}:${account.accountId}:key/${keyId}`;

/** @param aliasName with its prefix: `alias/…` */
export const aliasArn = (account: Account, aliasName: string): string =>
  `arn:aws:kms:${account.region}:${account.accountId}:${aliasName}`;

/** IAM is global: its ARNs name no Region. */
export const userArn = (accountId: string, userName: string): string =>
  `arn:aws:iam::${accountId}:user/${userName}`;
