// Keeps the page up to date in place: asks for it again and changes what differs, so that scroll position, focus and opened
// parts stay. It rests in a hidden tab, while text is selected, and when it is told to pause.
'use strict';

const every = 5000; // milliseconds from one answer to the next question
const patience = 10000; // milliseconds for an answer

const status = document.getElementById('connection');
const pause = document.getElementById('pause');
let paused = false;
let asking = false;
let timer = 0;
let answered = new Date();

// counterpart returns which of the siblings from at on a new node is the present form of, if any.
function counterpart(at, node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return at && at.nodeType === node.nodeType ? at : null;
  while (at && (at.nodeName !== node.nodeName || at.id !== node.id)) at = at.nextSibling;
  return at;
}

// morph makes old equal to fresh, and touches nothing that is equal already.
function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.hasAttribute('data-keep')) return;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  let at = old.firstChild;
  for (const node of fresh.childNodes) {
    const match = counterpart(at, node);
    if (!match) {
      old.insertBefore(document.importNode(node, true), at);
      continue;
    }
    while (at !== match) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
    morph(match, node);
    at = match.nextSibling;
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

async function load() {
  const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(patience) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (!fresh.getElementById('connection')) throw new Error('another page');
  return fresh;
}

function selecting() {
  const selection = getSelection();
  return selection && !selection.isCollapsed;
}

async function refresh() {
  clearTimeout(timer);
  if (asking || paused || document.hidden) return;
  asking = true;
  try {
    const fresh = await load();
    answered = new Date();
    if (selecting()) {
      say('Not refreshed while text is selected.');
    } else if (!paused) {
      morph(document.body, fresh.body);
      document.title = fresh.title;
      say('');
    }
  } catch {
    say(`No answer since ${answered.toISOString().slice(11, 19)} UTC.`);
    if (!document.title.startsWith('No answer')) document.title = `No answer – ${document.title}`;
  } finally {
    asking = false;
    timer = setTimeout(refresh, every);
  }
}

pause.hidden = false;
pause.addEventListener('click', () => {
  paused = !paused;
  pause.textContent = paused ? 'Resume refresh' : 'Pause refresh';
  say(paused ? 'Paused.' : '');
  refresh();
});
document.addEventListener('visibilitychange', refresh);
timer = setTimeout(refresh, every);
