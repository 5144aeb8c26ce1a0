import { channel } from 'node:diagnostics_channel';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import {
  KmsKeyringNode,
  NodeCachingMaterialsManager,
  NodeDefaultCryptographicMaterialsManager,
} from '@aws-crypto/client-node';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import { chai } from 'vitest';
import { CHANNEL } from '../evidence/request-recorder.ts';

/** An object that the specs look with, and what it had when this module was loaded. */
interface Original {
  name: string;
  object: object;
  functions: Map<string, PropertyDescriptor>;
}

const classes = [
  CloudTrailClient,
  KmsKeyringNode,
  KMSClient,
  NodeCachingMaterialsManager,
  NodeDefaultCryptographicMaterialsManager,
  chai.Assertion,
];

const originals: Original[] = Object.entries({
  fs,
  'fs.promises': fs.promises,
  http,
  https,
  [`channel('${CHANNEL}')`]: channel(CHANNEL),
  ...Object.fromEntries(classes.flatMap(({ prototype }) => prototypesFrom(prototype))),
}).map(([name, object]) => ({ name, object, functions: functionsOf(object) }));

/**
 * Finds functions of Node, of the AWS libraries and of the assertions that are not those of the start any more, and
 * puts the original ones back.
 *
 * @returns their names, such as `KMSClient.prototype.send`
 */
export function undoTampering(): string[] {
  return originals.flatMap(({ name, object, functions }) => {
    const now = functionsOf(object);
    const added = [...now.keys()].filter((key) => !functions.has(key));
    const changed = [...functions.keys()].filter((key) => !isSame(functions.get(key), now.get(key)));
    return [...changed, ...added].map((key) => {
      const original = functions.get(key);
      if (original) Object.defineProperty(object, key, original);
      else Reflect.deleteProperty(object, key);
      return `${name}.${key}`;
    });
  });
}

/** The variables that lead the AWS SDK to the target. */
export function awsEnvironment(): Record<string, string | undefined> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

function prototypesFrom(prototype: object | null): [string, object][] {
  if (!prototype || prototype === Object.prototype) return [];
  const { name } = prototype.constructor;
  return [[`${name}.prototype`, prototype], ...prototypesFrom(Object.getPrototypeOf(prototype))];
}

function functionsOf(object: object): Map<string, PropertyDescriptor> {
  const functions = new Map<string, PropertyDescriptor>();
  for (const key of Object.getOwnPropertyNames(object)) {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property?.get || typeof property?.value === 'function') functions.set(key, property);
  }
  return functions;
}

function isSame(a: PropertyDescriptor | undefined, b: PropertyDescriptor | undefined): boolean {
  return a?.value === b?.value && a?.get === b?.get;
}
