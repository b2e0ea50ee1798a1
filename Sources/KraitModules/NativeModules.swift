// The modules written in Swift that the runtime itself does not need: what `import` finds under their names.

import KraitRuntime

/// The native modules of the standard library.
public enum NativeModules {
  /// Makes the modules importable. Call once, before ``Runtime/start()``.
  public static func register() {
    for definitions in [systemModules, textModules, collectionModules, dataModules, networkModules] {
      for definition in definitions { nativeModules.add(definition) }
    }
  }
}
