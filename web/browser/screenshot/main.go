// Command screenshot makes pictures of the live page of a recorded run.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/genmeter/genmeter/web/browser"
)

func main() {
	run := flag.String("run", "../../ingest/testdata/afterimage-run", "recorded run")
	until := flag.String("until", "2026-11-24T20:20:10Z", "time within the run, RFC 3339")
	out := flag.String("o", "live-page.png", "file to write")
	width := flag.Int64("width", 1200, "pixels across")
	height := flag.Int64("height", 0, "pixels down; 0 is the whole page")
	scheme := flag.String("scheme", "light", "light or dark")
	flag.Parse()
	if err := shoot(*run, *until, *out, *width, *height, *scheme); err != nil {
		fmt.Fprintln(os.Stderr, "screenshot:", err)
		os.Exit(1)
	}
}

func shoot(run, until, out string, width, height int64, scheme string) error {
	at, err := time.Parse(time.RFC3339, until)
	if err != nil {
		return err
	}
	scene, err := browser.NewScene(run)
	if err != nil {
		return err
	}
	defer scene.Close()
	if err := scene.Play(at); err != nil {
		return err
	}
	srv := httptest.NewServer(scene.Handler)
	defer srv.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tab, end := browser.Chrome(ctx)
	defer end()
	if err := chromedp.Do(tab,
		chromedp.EmulateViewport(width, max(height, 800)),
		browser.PreferColorScheme(scheme),
		chromedp.Navigate(srv.URL),
		browser.LoadPictures(),
	); err != nil {
		return err
	}
	take := chromedp.FullScreenshot(100)
	if height > 0 {
		take = chromedp.CaptureScreenshot()
	}
	picture, err := chromedp.Run(tab, take)
	if err != nil {
		return err
	}
	return os.WriteFile(out, picture, 0o644)
}
