// A wait for a server that may never answer, with its end.

/** Rejects when the answer is not there in time. */
export async function inTime<T>(answer: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), deadlineMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
