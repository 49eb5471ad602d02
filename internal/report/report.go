// Package report makes one HTML file of a run's directory: what was run, what it
// found, and the pictures to judge it by.
//
// The file is self-contained: styles, scripts and data are inside it and nothing
// is fetched, so that it can be mailed, archived and opened in ten years. A content
// security policy in the file lets a browser run what we wrote and nothing else.
// Its size is bounded (a few MB) whatever the size of the run: long series are
// averaged and rasters show a sample of the neurons, and the page says so where it
// happens.
package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"

	"github.com/volley-snn/volley/internal/record"
)

//go:embed assets
var assets embed.FS

// scripts are the parts of the page's program, in order.
var scripts = []string{"base.js", "axis.js", "time.js", "strip.js", "raster.js", "lines.js", "lanes.js", "chart.js", "bars.js", "grid.js", "main.js"}

// Write makes report.html in a run's directory and returns its path. Errors name
// the file that is missing (fs.ErrNotExist) or damaged (record.ErrCorrupt); what
// the run did not record is left out of the report. A run that failed, was
// interrupted or has not ended is reported as far as it got.
func Write(dir string) (string, error) {
	page, err := load(dir)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := render(&out, page); err != nil {
		return "", fmt.Errorf("report of %s: %w", dir, err)
	}
	path := filepath.Join(dir, record.ReportFile)
	return path, replaceFile(path, out.Bytes())
}

// render fills in the page.
func render(w io.Writer, page *page) error {
	parsed, err := template.New("report.html").ParseFS(assets, "assets/report.html")
	if err != nil {
		return err
	}
	css, err := assets.ReadFile("assets/report.css")
	if err != nil {
		return err
	}
	var program bytes.Buffer
	program.WriteString("'use strict';\n(() => {\n")
	for _, name := range scripts {
		text, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return err
		}
		program.Write(text)
	}
	program.WriteString("})();\n")
	data, err := json.Marshal(page.Data) // escapes <, > and &, so that no name ends the script
	if err != nil {
		return err
	}
	page.CSS, page.JS, page.JSON = template.CSS(css), template.JS(program.String()), template.JS(data)
	page.Policy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'",
		source(css), source(program.Bytes()))
	return parsed.Execute(w, page)
}

// source names an inline style or script in a content security policy.
func source(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// replaceFile writes a file under a temporary name and renames it.
func replaceFile(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	_, err = file.Write(content)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(file.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}
