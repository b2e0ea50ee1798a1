// The container types.

import CKraitCore

/// Describes all types of this folder.
func defineContainers(_ types: TypeDefinitions) {
}
