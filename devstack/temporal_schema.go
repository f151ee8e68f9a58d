package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/log"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // registers the driver that sqlConfig names
	"go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
)

// prepareSchemas makes Temporal's databases, or brings older ones to the version that the embedded server needs.
func prepareSchemas(ctx context.Context, db database, logger log.Logger) error {
	if err := db.create(ctx, temporalDatabase, visibilityDatabase); err != nil {
		return err
	}
	for _, s := range []struct{ database, schema string }{
		{temporalDatabase, "postgresql/v12/temporal"},
		{visibilityDatabase, "postgresql/v12/visibility"},
	} {
		if err := updateSchema(ctx, db, s.database, s.schema, logger); err != nil {
			return fmt.Errorf("the schema of the database %s: %w", s.database, err)
		}
	}
	return nil
}

// updateSchema sets up a database without a version and then runs the updates that it lacks. The set-up must never run
// on a database that has a version: it can set the version back, and the updates then fail on tables that exist. So
// whether there is a version is asked for itself: the schema tool reports "no version" and "no answer" alike.
func updateSchema(ctx context.Context, db database, name, schemaName string, logger log.Logger) error {
	versioned, err := hasVersion(ctx, db, name)
	if err != nil {
		return err
	}
	connection, err := sqltool.NewConnection(sqlConfig(db, name, 1), logger)
	if err != nil {
		return err
	}
	defer connection.Close()
	if !versioned {
		setup := schema.NewSetupSchemaTask(connection, &schema.SetupConfig{InitialVersion: "0.0"}, logger)
		if err := setup.Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(connection, &schema.UpdateConfig{SchemaName: schemaName}, logger).Run()
}

// hasVersion looks where the schema tool keeps the version.
func hasVersion(ctx context.Context, db database, name string) (versioned bool, err error) {
	connection, err := pgx.Connect(ctx, db.named(name))
	if err != nil {
		return false, err
	}
	defer func() { ignore(connection.Close(ctx)) }()
	const table = "SELECT to_regclass('schema_version') IS NOT NULL"
	if err := connection.QueryRow(ctx, table).Scan(&versioned); err != nil || !versioned {
		return false, err
	}
	const row = "SELECT EXISTS (SELECT FROM schema_version WHERE version_partition = 0 AND db_name = $1)"
	err = connection.QueryRow(ctx, row, name).Scan(&versioned)
	return versioned, err
}
