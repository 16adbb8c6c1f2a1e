package browser

import (
	"context"
	"os"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Chrome starts the Chromium that is installed, without a window; cancel ends it.
func Chrome(ctx context.Context) (tab context.Context, cancel context.CancelFunc) {
	opts := chromedp.DefaultExecAllocatorOptions[:]
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // for root it has none
	}
	allocator, end := chromedp.NewExecAllocator(ctx, opts...)
	tab, close := chromedp.NewContext(allocator)
	return tab, func() { close(); end() }
}

// PreferColorScheme makes the reader one who likes pages "light" or "dark".
func PreferColorScheme(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// LoadPictures waits until all pictures of the page are there, those too that are out of sight.
func LoadPictures() chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](
		`Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode(); })).then(() => true)`, chromedp.EvalAwaitPromise)
}
