package export

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
	"time"
)

// book is a workbook under way: the parts of a file of Office Open XML, each written straight into the archive. Nothing of
// it is kept in memory or in temporary files, which is why it is not made by a library that can do more.
type book struct {
	zip    *zip.Writer
	names  []string // of all sheets
	sheets int      // begun
}

// newBook writes what stands before the sheets, whose names are fit for Excel. They are to be begun in this order, all of
// them.
func newBook(w io.Writer, names []string) (*book, error) {
	b := &book{zip: zip.NewWriter(w), names: names}
	var types, sheets, targets strings.Builder
	for i, name := range names {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%s.worksheet+xml"/>`, i+1, officeTypes)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%[2]d"/>`, appendXML(nil, name), i+1)
		fmt.Fprintf(&targets, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%[1]d.xml"/>`, i+1, officeRelations)
	}
	for _, part := range [...]struct{ name, text string }{
		{"[Content_Types].xml", fmt.Sprintf(contentTypes, types.String())},
		{"_rels/.rels", fmt.Sprintf(relations, `<Relationship Id="rId1" Type="`+officeRelations+`/officeDocument" Target="xl/workbook.xml"/>`)},
		{"xl/workbook.xml", fmt.Sprintf(workbookPart, sheets.String())},
		{"xl/_rels/workbook.xml.rels", fmt.Sprintf(relations, targets.String()+
			fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>`, len(names)+1, officeRelations))},
		{"xl/styles.xml", stylesPart},
	} {
		out, err := b.part(part.name)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(out, part.text); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// part begins the next part of the archive. The same events give the same bytes.
func (b *book) part(name string) (io.Writer, error) {
	return b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipTime})
}

// zipTime is the least that archives have, and stands for none.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// close ends the workbook.
func (b *book) close() error { return b.zip.Close() }

const (
	xmlHead         = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spreadsheet     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	officeRelations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	officeTypes     = "application/vnd.openxmlformats-officedocument.spreadsheetml"

	contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + officeTypes + `.sheet.main+xml"/>%s` +
		`<Override PartName="/xl/styles.xml" ContentType="` + officeTypes + `.styles+xml"/></Types>`

	relations = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>`

	workbookPart = xmlHead + `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + officeRelations + `">` +
		`<bookViews><workbookView/></bookViews><sheets>%s</sheets></workbook>`
)

// Styles of cells, by their place in cellXfs.
const (
	stylePlain = iota
	styleHeader
	styleTime
)

const stylesPart = xmlHead + `<styleSheet xmlns="` + spreadsheet + `">` +
	`<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss.000"/></numFmts>` +
	`<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>` +
	`<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
