import { type Option, options } from './options.ts';

const introduction = `Starts a local AWS: KMS, CloudTrail and STS on 127.0.0.1, for any AWS client.

When it is ready, it prints the variables to export on stdout, a line for each, and nothing else. Ctrl+C stops it.

The AWS CLI before 1.29 or 2.13, and boto3 before 1.28, don't read AWS_ENDPOINT_URL: they call the real AWS, unless you
set the endpoint with --endpoint-url or endpoint_url=.

Options:`;

export function helpText(): string {
  const names = Object.entries<Option>(options).map(([name, { value }]) => `--${name} ${value ?? ''}`);
  const width = Math.max(...names.map((name) => name.length));
  const purposes = Object.values<Option>(options).map(({ purpose }) => purpose);
  const lines = names.map((name, index) => `  ${name.padEnd(width)}  ${purposes[index]}`);
  return [introduction, ...lines, ''].join('\n');
}
