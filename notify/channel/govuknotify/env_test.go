package govuknotify

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longstop/notify/setting"
)

const apiKey = "longstop-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestTheSettingsAreRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(apiKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, ok, err := ParseEnv(env(envKey+"_FILE", file, envEmailTemplate, emailTemplate, envSMSTemplate, smsTemplate, envReceiptToken, receiptToken))
	if err != nil || !ok || string(cfg.APIKey) != apiKey || cfg.URL != notifyURL || cfg.EmailTemplate != emailTemplate || cfg.SMSTemplate != smsTemplate {
		t.Errorf("%v, %v, %v", cfg, ok, err)
	}
	if said := fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg); strings.Contains(said, apiKey[40:]) || strings.Contains(said, receiptToken) {
		t.Errorf("the settings print a secret: %s", said)
	}
	if _, ok, err := ParseEnv(env()); ok || err != nil {
		t.Errorf("without settings: %v, %v", ok, err)
	}
}

func TestAWrongSettingIsNamedAndNotRepeated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		setting string
		pairs   []string
	}{
		{envKey, []string{envKey, "secretsecret", envEmailTemplate, emailTemplate}},
		{envKey, []string{envKey, "secretsecret" + apiKey[12:60], envEmailTemplate, emailTemplate}},
		{envKey, []string{envEmailTemplate, emailTemplate}},
		{envKey, []string{envKey, apiKey, envKey + "_FILE", "secretsecret", envEmailTemplate, emailTemplate}},
		{envKey + "_FILE", []string{envKey + "_FILE", "secretsecret", envEmailTemplate, emailTemplate}},
		{envEmailTemplate, []string{envKey, apiKey}},
		{envEmailTemplate, []string{envKey, apiKey, envEmailTemplate, "secretsecret"}},
		{envSMSTemplate, []string{envKey, apiKey, envSMSTemplate, "secretsecret"}},
		{envReplyTo, []string{envKey, apiKey, envEmailTemplate, emailTemplate, envReplyTo, "secretsecret"}},
		{envSMSSender, []string{envKey, apiKey, envEmailTemplate, emailTemplate, envSMSSender, "secretsecret"}},
		{envReceiptToken, []string{envKey, apiKey, envEmailTemplate, emailTemplate, envReceiptToken, "secretsec"}},
		{envURL, []string{envKey, apiKey, envEmailTemplate, emailTemplate, envURL, "http://secretsecret.example"}},
		{envURL, []string{envKey, apiKey, envEmailTemplate, emailTemplate, envURL, "https://secretsecret@notify.example"}},
		{envURL, []string{envKey, apiKey, envEmailTemplate, emailTemplate, envURL, "https://notify.example/secretsecret"}},
	} {
		_, ok, err := ParseEnv(env(c.pairs...))
		var wrong *setting.Error
		if ok || !errors.As(err, &wrong) || wrong.Setting != c.setting || wrong.Example == "" || strings.Contains(err.Error(), "secretsec") {
			t.Errorf("%v: %v, %v", c.pairs, ok, err)
		}
	}
}
