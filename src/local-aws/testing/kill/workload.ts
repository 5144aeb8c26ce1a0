import {
  CreateAliasCommand,
  CreateKeyCommand,
  EncryptCommand,
  type KMSClient,
  TagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import type { Acknowledged, Values } from './acknowledged.ts';

/** A caller who makes one call after the other, on keys and aliases of its own. */
export class Caller {
  readonly #name: string;
  readonly #random: () => number;
  readonly #acknowledged: Acknowledged;
  readonly #keyIds: string[] = [];
  readonly #aliases: string[] = [];
  #calls = 0;

  /** @param random gives the next number, at least 0 and below 1 */
  constructor(name: string, random: () => number, acknowledged: Acknowledged) {
    this.#name = name;
    this.#random = random;
    this.#acknowledged = acknowledged;
  }

  /** Makes calls until the connection is cut. Throws if a call is answered with an error. */
  async callUntilCutOff(kms: KMSClient): Promise<void> {
    try {
      for (;;) await this.#call(kms);
    } catch (error) {
      if ((error as { $fault?: string }).$fault !== undefined) throw error;
    }
  }

  async #call(kms: KMSClient): Promise<void> {
    this.#calls += 1;
    const kind = this.#random();
    const keyId = this.#oneOf(this.#keyIds);
    const alias = this.#oneOf(this.#aliases);
    if (keyId === undefined || kind < 0.15) await this.#createKey(kms);
    else if (alias === undefined || kind < 0.3) await this.#createAlias(kms, keyId);
    else if (kind < 0.5) await this.#updateAlias(kms, alias, keyId);
    else if (kind < 0.7) await this.#tag(kms, keyId);
    else await this.#encrypt(kms, keyId);
  }

  #oneOf<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }

  async #createKey(kms: KMSClient): Promise<void> {
    const { KeyMetadata, $metadata } = await kms.send(new CreateKeyCommand({ Description: this.#name }));
    const keyId = KeyMetadata?.KeyId ?? '';
    this.#keyIds.push(keyId);
    this.#acknowledged.keyIds.add(keyId);
    this.#acknowledged.call($metadata.requestId);
  }

  async #createAlias(kms: KMSClient, TargetKeyId: string): Promise<void> {
    const AliasName = `alias/${this.#name}-${this.#calls}`;
    const command = new CreateAliasCommand({ AliasName, TargetKeyId });
    await this.#change(this.#acknowledged.aliases, AliasName, TargetKeyId, () => kms.send(command));
    this.#aliases.push(AliasName);
  }

  async #updateAlias(kms: KMSClient, AliasName: string, TargetKeyId: string): Promise<void> {
    const command = new UpdateAliasCommand({ AliasName, TargetKeyId });
    await this.#change(this.#acknowledged.aliases, AliasName, TargetKeyId, () => kms.send(command));
  }

  async #tag(kms: KMSClient, KeyId: string): Promise<void> {
    const TagValue = String(this.#calls);
    const command = new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'version', TagValue }] });
    await this.#change(this.#acknowledged.versions, KeyId, TagValue, () => kms.send(command));
  }

  async #encrypt(kms: KMSClient, KeyId: string): Promise<void> {
    const plaintext = `${this.#name} ${this.#calls}`;
    const encryptionContext = { filling: 'x'.repeat(Math.floor(this.#random() * 2000)) };
    const { CiphertextBlob: blob = new Uint8Array(), $metadata } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: Buffer.from(plaintext), EncryptionContext: encryptionContext }),
    );
    this.#acknowledged.ciphertexts.push({ blob, plaintext, encryptionContext });
    this.#acknowledged.call($metadata.requestId);
  }

  async #change(
    values: Values,
    name: string,
    value: string,
    send: () => Promise<{ $metadata: { requestId?: string } }>,
  ): Promise<void> {
    values.begin(name, value);
    const { $metadata } = await send();
    values.acknowledge(name, value);
    this.#acknowledged.call($metadata.requestId);
  }
}
