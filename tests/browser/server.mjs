/*
 * A real server on a demonstration of its own: founded, served and stopped by
 * the test that asks for it.  Nothing waits for a time to pass: the server
 * prints its addresses when it listens, and it is stopped by its own id.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/* The password of everyone in a demonstration; signing asks for it. */
export const password = 'Shenfa-demo-2026';

function run(program, words) {
  return new Promise((done, failed) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (piece) => { said += piece; });
    child.stderr.on('data', (piece) => { said += piece; });
    child.on('error', failed);
    child.on('close', (status) => (status === 0 ? done(said)
      : failed(new Error(`${words[0]} ended with ${status}: ${said}`))));
  });
}

function listen(child) {
  return new Promise((done, failed) => {
    let said = '';
    child.stdout.on('data', (piece) => {
      said += piece;
      const [, office] = /Office: +(http:\S+)\/\n/.exec(said) ?? [];
      const [, open] = /Public: +(http:\S+)\/\n/.exec(said) ?? [];
      if (office && open) {
        done({ office, open });
      }
    });
    child.on('close', (status) => failed(new Error(`serve ended with ${status}: ${said}`)));
  });
}

/* {office, open: addresses, folder, log(), stop()}; *rulebook*: its code or its path. */
export async function startServer(program, rulebook) {
  const parent = mkdtempSync(join(tmpdir(), 'shenfa-walk-'));
  const folder = join(parent, 'workspace');
  let log = '';
  await run(program, ['init', folder, '--rulebook', rulebook, '--demo']);
  const child = spawn(program, ['serve', folder, '--office', '127.0.0.1:0', '--public',
    '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL'); /* only if something threw before stop */
  process.on('exit', kill);
  child.stderr.on('data', (piece) => { log += piece; });
  const ended = new Promise((done) => { child.on('close', done); });
  const addresses = await listen(child);
  return {
    ...addresses,
    folder,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      const status = await ended;
      process.off('exit', kill);
      rmSync(parent, { recursive: true });
      return status;
    },
  };
}
