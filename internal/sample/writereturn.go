package sample

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

// authority is no authority's code, and software says that no system made the file.
const (
	authority = "999"
	software  = "Longstop sample"
)

type xmlHeader struct {
	XMLName       xml.Name `xml:"Header"`
	Collection    string   `xml:"CollectionDetails>Collection"`
	Year          string   `xml:"CollectionDetails>Year"`
	ReferenceDate string   `xml:"CollectionDetails>ReferenceDate"`
	SourceLevel   string   `xml:"Source>SourceLevel"`
	LEA           string   `xml:"Source>LEA"`
	SoftwareCode  string   `xml:"Source>SoftwareCode"`
	Release       string   `xml:"Source>Release"`
	SerialNo      string   `xml:"Source>SerialNo"`
	DateTime      string   `xml:"Source>DateTime"`
}

// madeAt is the hour, in London, at which the return is made; the feed was pushed before.
const madeAt = 5

func (s *Sample) header() xmlHeader {
	return xmlHeader{
		Collection: "CIN", Year: strconv.Itoa(s.f.collectionYear()), ReferenceDate: s.f.ref.String(),
		SourceLevel: "L", LEA: authority, SoftwareCode: software, Release: "1", SerialNo: "001",
		DateTime: s.f.day.String() + fmt.Sprintf("T%02d:00:00", madeAt),
	}
}

// WriteReturn writes the Children in Need census return, in XML. The error is the writer's.
func (s *Sample) WriteReturn(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	if _, err := buffered.WriteString(xml.Header); err != nil {
		return err
	}
	x := xml.NewEncoder(buffered)
	x.Indent("", "  ")
	if err := s.encodeMessage(x); err != nil {
		return err
	}
	if err := x.Close(); err != nil {
		return err
	}
	if err := buffered.WriteByte('\n'); err != nil {
		return err
	}
	return buffered.Flush()
}

func (s *Sample) encodeMessage(x *xml.Encoder) error {
	message, children := element("Message"), element("Children")
	about := xml.Comment(" Invented. Nothing in this file is about a real child, family or council. ")
	if err := encodeTokens(x, message, about); err != nil {
		return err
	}
	if err := x.Encode(s.header()); err != nil {
		return err
	}
	if err := encodeTokens(x, children); err != nil {
		return err
	}
	for fam := range s.families() {
		for i := range fam.children {
			if err := x.Encode(childElement(s.f, &fam.children[i], fam.episodes)); err != nil {
				return err
			}
		}
	}
	return encodeTokens(x, children.End(), message.End())
}

func element(name string) xml.StartElement { return xml.StartElement{Name: xml.Name{Local: name}} }

func encodeTokens(x *xml.Encoder, tokens ...xml.Token) error {
	for _, t := range tokens {
		if err := x.EncodeToken(t); err != nil {
			return err
		}
	}
	return nil
}
