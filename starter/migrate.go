package main

import "longstop/store"

type migrateCommand struct{}

// Help shows examples.
func (migrateCommand) Help() string {
	return `Example:

    starter migrate

Prepares the database, or brings it up to this release, and lays down what each role may do. It needs the database's owner, whose address is in LONGSTOP_MIGRATE_URL (or in the file that LONGSTOP_MIGRATE_URL_FILE names); without it LONGSTOP_DATABASE_URL is used. Where the programs themselves run as the owner, they do the same when they start.`
}

// Run prepares the database.
func (*migrateCommand) Run(a *app) error {
	s, err := a.openAt(envMigrate)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.record.Migrate(a.ctx); err != nil {
		return err
	}
	if err := s.record.Note(a.ctx, store.AuditDone, ""); err != nil {
		return err
	}
	a.printf("The database is ready; in force: %s, edition %s.\n", s.record.Book().Pack().Name, s.record.Book().Pack().Edition)
	return s.warnOfRebuild()
}
