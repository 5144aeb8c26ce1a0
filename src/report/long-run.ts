/** In seconds: until then, nobody wonders. */
const long = 10;

/** Counts the seconds of a step that takes long. */
export class LongRun {
  #timer: NodeJS.Timeout | undefined;

  /** @param tell gets the seconds since now, each second from the tenth on */
  begin(tell: (seconds: number) => void): void {
    this.end();
    const begun = Date.now();
    this.#timer = setInterval(() => {
      const seconds = Math.floor((Date.now() - begun) / 1000);
      if (seconds >= long) tell(seconds);
    }, 1000).unref();
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
