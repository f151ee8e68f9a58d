package main

import "strconv"

// postgresSetting is one setting and why it has this value.
type postgresSetting struct{ name, value, why string }

// postgresSettings suit a development machine, and lose nothing that was committed: a stack in which a crash could
// lose a statutory record would hide just the faults that it is there to show. They are given on the command line,
// not written into the data folder, so that a newer devstack brings its newer settings to old data.
var postgresSettings = []postgresSetting{
	{"listen_addresses", loopback, "this machine only"},
	{"unix_socket_directories", "", "TCP only: a socket's path may be at most 107 bytes, and project folders are longer"},
	{"cluster_name", "longstop-devstack", "so that `ps` tells it from the system's own Postgres"},

	{"max_connections", "200", "Temporal's four services take up to 120, see temporal_config.go; the rest is for Longstop and psql"},
	{"shared_buffers", "256MB", "keeps about ten thousand open workflows (25 KB each) in memory; the default is 128MB"},
	{"jit", "off", "every query here is short: compiling one costs more than running it"},

	{"fsync", "on", "a commit is on the disk, also after a power cut"},
	{"synchronous_commit", "on", "and it is there before the program hears that it succeeded; off would gain 7 %"},
	{"full_page_writes", "on", "a page half-written in a crash is repaired"},
	{"wal_compression", "on", "Temporal rewrites the same pages again and again: less log to write for a little CPU"},
	{"max_wal_size", "2GB", "a bulk load does not force a checkpoint every few seconds"},
	{"min_wal_size", "128MB", "and an idle stack keeps a laptop's disk free"},

	{"timezone", "UTC", "the database holds instants; London's dates are the program's business"},
	{"log_timezone", "UTC", "the log can be laid beside Temporal's"},
	{"log_checkpoints", "off", "the log is for what went wrong"},
	{"log_parameter_max_length", "0", "no statement's values in the log: they may be about children"},
	{"log_parameter_max_length_on_error", "0", "nor when it fails"},
	{"log_error_verbosity", "terse", "nor the row that a constraint refused"},
}

// settingsSince names the settings that older versions of Postgres do not know, which would refuse to start.
var settingsSince = map[string]int{
	"log_parameter_max_length":          13,
	"log_parameter_max_length_on_error": 13,
}

// postgresArguments turns the settings into Postgres's arguments.
func postgresArguments(dataDir string, port, major int) []string {
	arguments := []string{"-D", dataDir, "-p", strconv.Itoa(port)}
	for _, setting := range postgresSettings {
		if settingsSince[setting.name] <= major {
			arguments = append(arguments, "-c", setting.name+"="+setting.value)
		}
	}
	return arguments
}
