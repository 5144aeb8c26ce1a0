import { parseSync } from 'vite';

/** A way to turn a spec green, or to try, without doing what the step asks for. */
export interface FoulPlay {
  name: string;
  /** Content of the exercise's file, which is written beside the solution. */
  source: string;
  /** The parts of the messages that have to come. Without them, any failure of any test will do. */
  says?: string[];
}

/**
 * The foul play that is tried on every step, whatever it is about.
 *
 * @param solution the text of the step's `solution.ts`
 */
export function foulPlay(solution: string): FoulPlay[] {
  const functions = exportedFunctions(solution);
  return [
    { name: 'An empty exercise', source: 'export {};' },
    {
      name: 'Functions that do nothing',
      source: functions.map((name) => `export function ${name}() {}`).join('\n'),
    },
    {
      name: 'Functions that give their first result again and do nothing more',
      source: `
        import * as solution from './solution.ts';
        function remember(action) {
          const results = [];
          return (...given) => {
            if (results.length === 0) results.push(action(...given));
            return results[0];
          };
        }
        ${functions.map((name) => `export const ${name} = remember(solution.${name});`).join('\n')}
      `,
    },
    {
      name: 'Another AWS client, other functions of Node, another AWS and assertions that hold whatever comes',
      source: `
        import fs from 'node:fs';
        import http from 'node:http';
        import { syncBuiltinESMExports } from 'node:module';
        import { KMSClient } from '@aws-sdk/client-kms';
        import { expect } from 'vitest';

        const { send } = KMSClient.prototype;
        KMSClient.prototype.send = function (...given) { return send.apply(this, given); };
        const { request } = http;
        http.request = (...given) => request(...given);
        const { readFile } = fs.promises;
        fs.promises.readFile = (...given) => readFile(...given);
        syncBuiltinESMExports();
        process.env.AWS_ENDPOINT_URL_CLOUDTRAIL = process.env.AWS_ENDPOINT_URL + '/elsewhere';
        expect.extend({ toBe: () => ({ pass: true, message: () => '' }) });
        export * from './solution.ts';
      `,
      says: [
        'KMSClient.prototype.send',
        'http.request',
        'fs.promises.readFile',
        'AWS_ENDPOINT_URL_CLOUDTRAIL',
        'Assertion.prototype.toBe',
      ],
    },
  ];
}

function exportedFunctions(source: string): string[] {
  return parseSync('solution.ts', source).module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName, isType }) => (isType || !exportName.name ? [] : [exportName.name])),
  );
}
