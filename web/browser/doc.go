// Package browser looks at the live page in a real Chromium, and takes pictures of it. It is a module of its own, so that nobody who
// uses genmeter downloads what drives the browser.
package browser
