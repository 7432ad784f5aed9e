// Command notation-peer signs and verifies images of a registry on loopback with the Notary Project's own library.
package main

import (
	"context"
	"fmt"
	"os"

	_ "github.com/notaryproject/notation-core-go/signature/cose"
	_ "github.com/notaryproject/notation-core-go/signature/jws"
	"github.com/notaryproject/notation-go"
	"github.com/notaryproject/notation-go/dir"
	"github.com/notaryproject/notation-go/registry"
	"github.com/notaryproject/notation-go/signer"
	"github.com/notaryproject/notation-go/verifier"
	"oras.land/oras-go/v2/registry/remote"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run takes `sign IMAGE MEDIATYPE KEY CHAIN`, or `verify IMAGE FOLDER` with notation's settings in FOLDER.
func run(ctx context.Context, args []string) error {
	if !(len(args) == 5 && args[0] == "sign") && !(len(args) == 3 && args[0] == "verify") {
		return fmt.Errorf("usage: notation-peer sign IMAGE MEDIATYPE KEY CHAIN | verify IMAGE FOLDER")
	}
	target, err := remote.NewRepository(args[1])
	if err != nil {
		return err
	}
	target.PlainHTTP = true
	repository := registry.NewRepository(target)
	if args[0] == "sign" {
		by, err := signer.NewGenericSignerFromFiles(args[3], args[4])
		if err != nil {
			return err
		}
		options := notation.SignOptions{ArtifactReference: args[1]}
		options.SignatureMediaType = args[2]
		_, err = notation.Sign(ctx, by, repository, options)
		return err
	}
	dir.UserConfigDir = args[2]
	by, err := verifier.NewFromConfig()
	if err != nil {
		return err
	}
	options := notation.VerifyOptions{ArtifactReference: args[1], MaxSignatureAttempts: 10}
	_, _, err = notation.Verify(ctx, by, repository, options)
	return err
}
