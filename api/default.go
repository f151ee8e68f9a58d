package api

// Default is a timescale in force whose number no law and no council has set.
type Default struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	Limit string `json:"limit"`
}
