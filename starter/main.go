package main

import (
	"context"
	"os"

	"longstop/internal/program"
)

func main() {
	program.Main(func(ctx context.Context) int { return run(ctx, processStreams(), os.Args[1:]) })
}
