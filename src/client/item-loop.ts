/**
 * What comes in batches as something to loop over, one by one: what is there already is handed out without a wait for
 * anything but its promise.
 *
 * @module
 */

/** What `take` gives when the loop is over. */
export const END: unique symbol = Symbol();

/** An iterator that has been left once `return` was called. */
export interface ItemLoop<Value> extends AsyncIterableIterator<Value, void, void> {
  return(): Promise<IteratorResult<Value, void>>;
}

/**
 * Loops over what `take` makes of each item, in order, but `undefined`; asks for the next batch when the last one is
 * used up, and somebody asks. However the loop ends, `close` is called, and the batches are left.
 *
 * What `take` and the batches throw is thrown, and ends the loop.
 */
export function loopOver<Item, Value>(
  batches: AsyncGenerator<readonly Item[], void, void>,
  take: (item: Item) => Value | typeof END | undefined,
  close?: () => void,
): ItemLoop<Value> {
  let items: readonly Item[] = [];
  let at = 0;
  let isOver = false;
  /** While somebody waits for a batch: whoever asks meanwhile comes after. */
  let turn: Promise<unknown> | undefined;

  const leave = async () => {
    isOver = true;
    close?.();
    await batches.return();
    return { done: true, value: undefined } as const;
  };
  return {
    async next() {
      while (turn) await turn;
      try {
        while (!isOver) {
          while (at < items.length) {
            const value = take(items[at++] as Item);
            if (value === END) return await leave();
            if (value !== undefined) return { done: false, value };
          }
          const batch = batches.next();
          turn = batch.catch(() => {});
          const { done, value } = await batch;
          turn = undefined;
          if (done) break;
          items = value;
          at = 0;
        }
      } catch (error) {
        turn = undefined;
        await leave();
        throw error;
      }
      return leave();
    },
    return: leave,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
