// The modules written in Swift that the runtime itself does not need: what `import` finds under their names.

import KraitRuntime

/// The native modules of the standard library.
public enum NativeModules {
  /// Makes the modules importable. Call once, before ``Runtime/start()``.
  public static func register() {
    nativeModules.add(systemModules)
    nativeModules.add(textModules)
    nativeModules.add(collectionModules)
    nativeModules.add(dataModules)
    nativeModules.add(networkModules)
  }
}
