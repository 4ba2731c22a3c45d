// The checks themselves: each must find what it is there for, and leave a good page alone.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import * as checks from './checks.mjs';

const good = page('<h1>Bo</h1><p>Words.</p><form method="post" action="/"><button type="submit">Send</button></form>');
const served = {
  '/good': good,
  '/low-contrast': page('<h1>Bo</h1><p class="faint">Words.</p>'),
  '/tiny': page('<h1>Bo</h1><p><button class="tiny">a</button><button class="tiny">b</button></p>'),
  '/wide': page('<h1>Bo</h1><div class="wide">Words.</div>'),
  '/scrolled-inside': page('<h1>Bo</h1><div class="frame"><div class="wide">Words.</div></div>'),
  '/no-focus': page('<h1>Bo</h1><a class="bare" href="/good">Good</a>'),
  '/covered': page('<h1>Bo</h1><a href="/good">Good</a><div class="cover"></div>'),
  '/no-button': page('<h1>Bo</h1><form method="post" action="/"><label>Name <input name="n"></label></form>'),
  '/other-host': page('<h1>Bo</h1><img alt="" src="http://127.0.0.2:9/picture.png">'),
  '/inline-style': page('<h1 style="color: red">Bo</h1>'),
};
const style = `
  body { background: white; color: black; } .faint { color: #ccc; } .wide { width: 900px; } .tiny { padding: 0; border: 0; width: 12px; height: 12px; font-size: 8px; } .frame { overflow-x: auto; }
  .bare, .bare:focus { outline: none; } .cover { position: fixed; inset: 0; background: white; }`;

let server, browser, base;

before(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-security-policy', "default-src 'self'");
    if (request.url === '/style.css') return response.setHeader('content-type', 'text/css').end(style);
    response.setHeader('content-type', 'text/html; charset=utf-8').end(served[request.url] ?? '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser.close();
  server.close();
});

function page(body) {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head><body><main>${body}</main></body></html>\n`;
}

async function at(path, look, options = {}) {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 360, height: 740 }, ...options });
  try {
    const tab = await context.newPage();
    const complaints = checks.watch(tab, base);
    const answer = await tab.goto(path);
    return await look(tab, complaints, answer);
  } finally {
    await context.close();
  }
}

test('a good page passes everything', async () => {
  assert.deepEqual(await checks.html(good), []);
  assert.deepEqual(await at('/good', (tab) => checks.accessibility(tab)), []);
  assert.deepEqual(await at('/good', (tab) => checks.width(tab)), []);
  assert.deepEqual(await at('/good', (tab) => checks.keyboard(tab)), []);
  assert.deepEqual(await at('/good', (tab) => checks.withoutScript(tab), { javaScriptEnabled: false }), []);
});

test('faint words and what is too small for a finger are found', async () => {
  assert.match((await at('/low-contrast', (tab) => checks.accessibility(tab))).join(), /color-contrast/);
  assert.match((await at('/tiny', (tab) => checks.accessibility(tab))).join(), /target-size/);
});

test('a page wider than a phone is found, and one that scrolls inside a frame is not', async () => {
  assert.match((await at('/wide', (tab) => checks.width(tab))).join(), /class="wide"/);
  assert.deepEqual(await at('/scrolled-inside', (tab) => checks.width(tab)), []);
});

test('a focus that cannot be seen is found', async () => {
  assert.match((await at('/no-focus', (tab) => checks.keyboard(tab))).join(), /cannot be seen/);
  assert.match((await at('/covered', (tab) => checks.keyboard(tab))).join(), /hidden behind/);
});

test('a form that nobody can send is found', async () => {
  assert.match((await at('/no-button', (tab) => checks.withoutScript(tab), { javaScriptEnabled: false })).join(), /no button/);
});

test('a request to another host is found', async () => {
  assert.match((await at('/other-host', (_, complaints) => complaints)).join(), /asks another host/);
});

test('an inline style is found twice: in the document and by the policy', async () => {
  assert.match((await checks.html(served['/inline-style'])).join(), /no-inline-style/);
  assert.match((await at('/inline-style', (_, complaints) => complaints)).join(), /Content Security Policy/i);
});

test('a policy with a hole is found', () => {
  const answer = (policy) => ({ headers: () => ({ 'content-security-policy': policy }) });
  assert.deepEqual(checks.policy(answer("default-src 'self'; img-src 'self' data:")), []);
  assert.equal(checks.policy(answer("style-src 'self' 'unsafe-inline'")).length, 1);
  assert.equal(checks.policy(answer('img-src *')).length, 1);
  assert.equal(checks.policy({ headers: () => ({}) }).length, 1);
});
