package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
)

// temporalUI is Temporal's web page, where an admin sees every clock. Its files are inside the module.
type temporalUI struct{ server *uiserver.Server }

// startUI starts the UI and waits until its page answers.
//
// The UI's server ends the whole process when it cannot listen, so the port is looked at once more just before.
func startUI(ctx context.Context, chosen ports) (*temporalUI, error) {
	if !portIsFree(chosen.UI) {
		return nil, fmt.Errorf("%w: something has begun to listen on %s: start again, or give another --ui-port",
			errPortTaken, address(chosen.UI))
	}
	server := uiserver.NewServer(server_options.WithConfigProvider(uiConfig(chosen)))
	go func() { ignore(server.Start()) }() // blocks until it is stopped, and reports nothing but that
	ui := &temporalUI{server}
	if err := untilDone(ctx, func() error { return getPage(ctx, uiURL(chosen)) }); err != nil {
		ui.stop()
		return nil, err
	}
	return ui, nil
}

func uiConfig(chosen ports) *config.Config {
	return &config.Config{
		TemporalGRPCAddress: address(chosen.Temporal),
		Host:                loopback,
		Port:                chosen.UI,
		EnableUI:            true,
		DefaultNamespace:    mainNamespace,
		DisableNewsFetch:    true, // no calls to the outside
		HideLogs:            true,
		// Plain HTTP on the loopback address: a browser would not send a secure cookie back.
		CORS: config.CORS{CookieInsecure: true},
	}
}

func uiURL(chosen ports) string { return "http://" + address(chosen.UI) }

func (u *temporalUI) stop() { u.server.Stop() }

// getPage asks for a page and is content with any answer except an error.
func getPage(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { ignore(response.Body.Close()) }()
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}
