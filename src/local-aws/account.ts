/** The one account and Region that a local AWS plays. */
export interface Account {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
}

export const keyArn = (account: Account, keyId: string): string =>
  `arn:aws:kms:${account.region}:${account.accountId}:key/${keyId}`;

/** @param aliasName with its prefix: `alias/…` */
export const aliasArn = (account: Account, aliasName: string): string =>
  `arn:aws:kms:${account.region}:${account.accountId}:${aliasName}`;

/** IAM is global: its ARNs name no Region. */
export const userArn = (accountId: string, userName: string): string =>
  `arn:aws:iam::${accountId}:user/${userName}`;
