// The program with its demonstration organisation, on a free port, in a folder that is gone afterwards.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE = 120_000;

/** Starts the program and waits until it answers. Gives its address, how to stop it, and what it lately said was wrong. */
export async function start(program = process.env.ESPALIER_PROGRAM) {
  if (!program) throw new Error('ESPALIER_PROGRAM does not say which program to start');
  const folder = mkdtempSync(join(tmpdir(), 'espalier-e2e-'));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const words = ['serve', '--demo', '--listen', address, '--database', `sqlite:${join(folder, 'espalier.db')}`];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });

  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => (said = (said + text).slice(-20_000)));
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let failure = null;
  child.once('error', (error) => (failure = error));

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && !failure) {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', () => child.kill('SIGKILL'));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop().then(() => process.exit(130)));

  const base = `http://${address}`;
  const began = Date.now();
  for (;;) {
    if (failure || child.exitCode !== null || child.signalCode !== null) {
      await stop();
      throw new Error(`${program} ${words.join(' ')} ended before it answered (${failure ?? child.exitCode})\n${said}`);
    }
    if (await answers(base)) return { base, path: program, stop, faults: () => said.split('\n').filter((line) => /ERROR|WARN|panicked/.test(line)).slice(-5) };
    if (Date.now() - began > PATIENCE) {
      await stop();
      throw new Error(`${program} did not answer within ${PATIENCE / 1000} seconds\n${said}`);
    }
    await pause(50);
  }
}

async function answers(base) {
  try {
    await fetch(base, { redirect: 'manual' });
    return true;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The cookies of somebody of the demonstration; none for a visitor. */
export async function signIn(browser, base, persona) {
  if (persona === null) return { cookies: [], origins: [] };
  const context = await browser.newContext({ baseURL: base });
  try {
    const answer = await context.request.post('/demo/sign-in', {
      form: { persona },
      headers: { origin: base },
      maxRedirects: 0,
    });
    if (answer.status() !== 303) throw new Error(`${persona} could not sign in: ${answer.status()} ${await answer.text()}`);
    return await context.storageState();
  } finally {
    await context.close();
  }
}

/** Opens a page of pages.json: its path, then the first link that each selector of `follow` finds. */
export async function open(page, { path, follow = [] }) {
  let answer = await page.goto(path);
  for (const selector of follow) {
    const target = await page.locator(selector).first().getAttribute('href', { timeout: 5_000 });
    answer = await page.goto(new URL(target, page.url()).href);
  }
  return answer;
}
