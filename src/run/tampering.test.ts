import { channel } from 'node:diagnostics_channel';
import http from 'node:http';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { CHANNEL } from '../evidence/request-recorder.ts';
import { undoTampering } from './tampering.ts';

test('finds nothing when nothing was touched', () => {
  expect(undoTampering()).toEqual([]);
});

test('finds a function that hides an inherited one, and removes it', () => {
  const { send } = KMSClient.prototype;
  KMSClient.prototype.send = async () => ({});

  expect(undoTampering()).toEqual(['KMSClient.prototype.send']);
  expect(KMSClient.prototype.send).toBe(send);
  expect(Object.hasOwn(KMSClient.prototype, 'send')).toBe(false);
});

test('finds a replaced function of a prototype, and restores it', () => {
  const parent = Object.getPrototypeOf(CloudTrailClient.prototype);
  const { send } = parent;
  parent.send = async () => ({});

  expect(undoTampering()).toEqual(['Client.prototype.send']);
  expect(parent.send).toBe(send);
});

test('finds a replaced or deleted function of Node, and restores it', () => {
  const { request, get } = http;
  http.request = () => get('http://127.0.0.1');
  Reflect.deleteProperty(http, 'get');

  expect(undoTampering().sort()).toEqual(['http.get', 'http.request']);
  expect([http.request, http.get]).toEqual([request, get]);
});

test('finds a function that was added in the place of something else', () => {
  const watched = channel(CHANNEL);
  Reflect.deleteProperty(watched, 'name');
  watched.publish = () => {};

  expect(undoTampering()).toEqual([`channel('${CHANNEL}').publish`]);
  expect(Object.hasOwn(watched, 'publish')).toBe(false);
});

test('finds a getter that returns the original only at the first look', () => {
  const { request } = http;
  const given = [request];
  Object.defineProperty(http, 'request', { configurable: true, get: () => given.pop() });

  expect(undoTampering()).toEqual(['http.request']);
  expect(http.request).toBe(request);
});
