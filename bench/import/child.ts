/** A bench process that answers questions one at a time over IPC. */
import { fork } from 'node:child_process'
import { join } from 'node:path'

export interface Child<Ask, Answer> {
  /** What it said when it was ready. */
  readonly greeting: unknown
  ask(question: Ask): Promise<Answer>
  /** Ends it and waits until it is gone. */
  end(): Promise<void>
}

/** Starts `bench/import/<name>.ts` and waits for its first message. Rejects where it ends before it answers. */
export const startChild = async <Ask extends object, Answer>(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  nodeArgs: readonly string[] = [],
): Promise<Child<Ask, Answer>> => {
  const child = fork(join(import.meta.dirname, `${name}.ts`), [...args], {
    env: { ...process.env, ...env },
    execArgv: [...nodeArgs],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`${name} ended with ${code}`))
      child.once('exit', onExit)
      child.once('message', (message) => {
        child.off('exit', onExit)
        resolve(message)
      })
    })
  return {
    greeting: await next(),
    ask: async (question) => {
      const answer = next()
      child.send(question)
      return (await answer) as Answer
    },
    end: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
