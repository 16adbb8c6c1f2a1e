package web_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/html"

	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// pictures returns where the page's pictures are.
func pictures(d document) []string {
	var list []string
	for n := range d.Descendants() {
		if n.Type == html.ElementNode && n.Data == "img" {
			list = append(list, attribute(n, "src"))
		}
	}
	return list
}

// TestPicturesAreDrawnWhenDue: pictures keep for five seconds, whoever asks; then the page refers to new ones, which are drawn
// when they are fetched.
func TestPicturesAreDrawnWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mon, err := monitor.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer mon.Shutdown(t.Context())
		h := web.Handler(mon)
		mon.TrackRecord(t.Context(), monitor.Record{})
		mon.RecordMetric(t.Context(), "depth", 1)
		fail := func() {
			mon.TrackGeneration(t.Context(), monitor.Generation{ErrorType: "timeout", Duration: time.Second})
		}
		fail()
		wantVersion := func(version string) {
			t.Helper()
			list := pictures(page(t, h, "/"))
			if len(list) != 5 { // progress, rates, failures, times, and times over time
				t.Errorf("there are pictures %q", list)
			}
			for _, src := range list {
				if !strings.HasSuffix(src, ".svg?v="+version) {
					t.Errorf("%s, want version %s", src, version)
				}
			}
		}
		failures := func() string { return string(ask(t, h, "/live/failures.svg?v=x")) }
		wantVersion("1")
		fail()
		time.Sleep(4999 * time.Millisecond) // of the bubble's clock, as all
		wantVersion("1")
		if got := failures(); !strings.Contains(got, "1 of 1 call failed") {
			t.Errorf("before it is due the picture is %.300s", got)
		}
		time.Sleep(time.Second)
		wantVersion("2")
		time.Sleep(time.Second)
		wantVersion("2")
		if got := failures(); !strings.Contains(got, "2 of 2 calls failed") {
			t.Errorf("when it is due the picture is %.300s", got)
		}
		fail()
		if got := failures(); !strings.Contains(got, "2 of 2 calls failed") {
			t.Errorf("right after it was drawn the picture is %.300s", got)
		}
	})
}

// TestFirstPictures: a run that begins with nothing to draw has pictures when there is.
func TestFirstPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mon, err := monitor.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer mon.Shutdown(t.Context())
		h := web.Handler(mon)
		mon.RecordMetric(t.Context(), "depth", 1)
		if list := pictures(page(t, h, "/")); len(list) != 0 {
			t.Errorf("pictures of nothing: %q", list)
		}
		mon.TrackGeneration(t.Context(), monitor.Generation{Success: true, Duration: time.Second})
		time.Sleep(5 * time.Second)
		if list := pictures(page(t, h, "/")); len(list) != 3 { // rates, times, and times over time
			t.Errorf("pictures are %q", list)
		}
	})
}

// TestPageWhileRecording: for the race detector; and many who look at once all get whole pages and pictures.
func TestPageWhileRecording(t *testing.T) {
	mon := ringOf(t, 100)
	h := web.Handler(mon)
	var readers, writer sync.WaitGroup
	stop := make(chan struct{})
	writer.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				mon.TrackGeneration(t.Context(), monitor.Generation{Success: i%3 > 0, Error: "x", Model: "m", Duration: time.Second})
			}
		}
	})
	for range 8 {
		readers.Go(func() {
			for range 3 {
				if body := ask(t, h, "/"); !bytes.HasSuffix(bytes.TrimSpace(body), []byte("</html>")) {
					t.Error("a page without an end")
				}
				if body := ask(t, h, "/live/generation_time.svg"); !bytes.HasSuffix(bytes.TrimSpace(body), []byte("</svg>")) {
					t.Error("a picture without an end")
				}
			}
		})
	}
	readers.Wait()
	close(stop)
	writer.Wait()
}
