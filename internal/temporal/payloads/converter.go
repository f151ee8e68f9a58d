package payloads

import (
	"context"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// dataConverter is the SDK's own with a codec around it.
type dataConverter struct {
	converter.DataConverter
	keys     *Keys
	workflow converter.DataConverter // inside of workflows
}

var (
	_ workflow.ContextAware                           = (*dataConverter)(nil)
	_ converter.DataConverterWithSerializationContext = (*dataConverter)(nil)
)

// WithWorkflowContext returns the converter inside of a workflow.
func (d *dataConverter) WithWorkflowContext(workflow.Context) converter.DataConverter {
	return d.workflow
}

// WithContext returns the converter inside of an activity.
func (d *dataConverter) WithContext(context.Context) converter.DataConverter { return d }

// WithSerializationContext returns the converter for one workflow or activity: the same.
func (d *dataConverter) WithSerializationContext(converter.SerializationContext) converter.DataConverter {
	return d
}

// Use lets a client of the options' namespace seal and open payloads. Without keys nothing is
// sealed; but even then a sealed payload blocks the task of its workflow, and never ends it.
func Use(options *client.Options, keys *Keys) {
	sealing := &codec{keys: keys, namespace: options.Namespace}
	plain := converter.GetDefaultDataConverter()
	d := &dataConverter{
		DataConverter: converter.NewCodecDataConverter(plain, sealing),
		keys:          keys,
		workflow:      converter.NewCodecDataConverter(plain, blocking{sealing}),
	}
	options.DataConverter = d
	options.FailureConverter = temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: d, EncodeCommonAttributes: keys.Seal(),
	})
}

// UsedBy returns the keys that options were given; without keys where they were given none.
func UsedBy(options client.Options) *Keys {
	if d, ok := options.DataConverter.(*dataConverter); ok {
		return d.keys
	}
	return &Keys{}
}
