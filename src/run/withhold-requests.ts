// A set-up file of Vitest. When a test fails, Vitest hands on the error with all that it refers to, for reports to print.
// An error of the AWS SDK refers to its answer, and that to the request, whose headers have the signature and, for
// temporary credentials, the session token.
import { IncomingMessage } from 'node:http';

Object.defineProperty(IncomingMessage.prototype, 'toJSON', { configurable: true, value: () => undefined });
