import { connect, type Socket } from 'node:net';

/** A connection that does nothing but send bytes and wait for the answer: the server's work is to be measured, not a client's. */
export class KeepAliveConnection {
  readonly #socket: Socket;
  #received = '';
  #answered: (body: string) => void = () => {};
  #failed: (error: Error) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    // Every answer here is ASCII, and one character a byte makes lengths easy.
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#failed(new Error('The server closed the connection.')));
  }

  static open(endpoint: string): Promise<KeepAliveConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => resolve(new KeepAliveConnection(socket)));
    });
  }

  /**
   * Sends a request, and gives the body of the answer.
   *
   * @throws unless the answer's status is 200
   */
  send(request: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request, (error) => error && reject(error));
    });
  }

  close(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
    const body = this.#received.slice(headEnd + 4);
    if (body.length < length) return;
    this.#received = '';
    if (head.startsWith('HTTP/1.1 200 ')) this.#answered(body);
    else this.#failed(new Error(`The server answered: ${head.split('\r\n')[0]} ${body}`));
  }
}
