/** The one account and Region that a local AWS plays. */
export interface Account {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
}

export const accountIdPattern = /^\d{12}$/;

/** The pattern and length of RegionType in the KMS model. */
export const regionPattern = /^(?=.{1,32}$)([a-z]+-){2,3}\d+$/;

/** @throws {TypeError} for an account id or a Region that AWS couldn't have */
export function newAccount(accountId: string, region: string): Account {
  if (!accountIdPattern.test(accountId)) {
    throw new TypeError(
      `An account id has twelve digits; '${accountId}' hasn't. Give accountId another value.`,
    );
  }
  if (!regionPattern.test(region)) {
    throw new TypeError(
      `'${region}' isn't the name of a Region, such as us-east-1. Give region another value.`,
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
