package main

type migrateCommand struct{}

// Help shows examples.
func (migrateCommand) Help() string {
	return `Example:

    starter migrate

Prepares the database of the record, or brings it up to this release. The worker does so too when it starts.`
}

// Run prepares the database.
func (*migrateCommand) Run(a *app) error {
	return a.withService(true, func(s *service) error {
		a.printf("The database is ready; in force: %s, edition %s.\n", s.record.Book().Pack().Name, s.record.Book().Pack().Edition)
		return nil
	})
}
