package report

import (
	"context"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/internal/record"
)

// A browser, where there is one, loads pages from the disk, under their own
// policy, and its script comes to its end.
func TestBrowser(t *testing.T) {
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("SKIPPED: no chromium on this machine, so the page's script has not been run")
	}
	begun := place(t, "begun")
	_, err := record.Create(begun, record.Options{})
	must(t, err)
	hostile := base("hostile", 30, 20)
	hostile.run.Populations[0].Name = `</script><!--"'&`
	hostile.synchrony = []string{`</script><script>throw 1</script>`}
	for _, dir := range []string{digitsRun().write(t, place(t, "browser-digits")), hostile.write(t, place(t, "browser-hostile")), begun} {
		path, err := Write(dir)
		must(t, err)
		page, err := filepath.Abs(path)
		must(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		address := url.URL{Scheme: "file", Path: filepath.ToSlash(page)}
		out, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
			"--window-size=1280,2400", "--dump-dom", address.String()).Output()
		if err != nil {
			t.Fatalf("%s: %v", browser, err)
		}
		dom := string(out)
		if i := strings.Index(dom, "<head"); i < 0 || !strings.Contains(dom[:i], `data-ready="yes"`) || strings.Contains(dom[:i], "data-error") {
			t.Errorf("%s: the script did not come to its end: %.300s", filepath.Base(dir), dom)
		}
		if strings.Contains(dom, `id="plot-raster"`) && !strings.Contains(dom, "<canvas") {
			t.Errorf("%s: no picture was drawn", filepath.Base(dir))
		}
	}
}
