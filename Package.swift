// swift-tools-version: 6.2
import PackageDescription

/// A package that others depend on, which SwiftPM keeps in a folder `checkouts`, must not use unsafe flags.
let isDependency = Context.packageDirectory.split(separator: "/").contains("checkouts")

func flags(_ flags: [String], _ condition: BuildSettingCondition? = nil) -> [SwiftSetting] {
  isDependency ? [] : [.unsafeFlags(flags, condition)]
}

/// The interpreter's own modules are optimised in debug builds too: unoptimised, they are 20 to 50 times slower.
let optimised: [SwiftSetting] = [.swiftLanguageMode(.v6)] + flags(["-O"], .when(configuration: .debug))
/// Dynamic checks for exclusive access cost the front end 8 % of its time.
let withoutExclusivityChecks = optimised + flags(["-enforce-exclusivity=unchecked"])

let package = Package(
  name: "Krait",
  products: [
    .executable(name: "krait", targets: ["KraitCommand"]),
    .executable(name: "krait-compile", targets: ["CompileCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"])]),
    .systemLibrary(name: "CKraitSystem"),
    .target(
      name: "KraitSyntax",
      dependencies: ["CGMP", "CKraitSystem"],
      swiftSettings: withoutExclusivityChecks),
    .target(
      name: "KraitCompiler",
      dependencies: ["KraitSyntax"],
      swiftSettings: withoutExclusivityChecks),
    .systemLibrary(name: "CJemalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"])]),
    .target(name: "CKraitCore"),
    .systemLibrary(name: "CKraitEvaluator"),
    .target(
      name: "KraitRuntime",
      dependencies: ["KraitCompiler", "CJemalloc", "CKraitCore", "CKraitEvaluator"],
      // The trampolines of the evaluator are many small functions that must stay apart; memory is raw pointers, where exclusivity is not checked anyway.
      swiftSettings: optimised + [.unsafeFlags(["-Xllvm", "-swiftmergefunc-threshold=0", "-enforce-exclusivity=unchecked"])]),
    .target(
      name: "KraitModules",
      dependencies: ["KraitRuntime", "CKraitSystem"],
      swiftSettings: withoutExclusivityChecks),
    .executableTarget(
      name: "KraitCommand",
      dependencies: ["KraitModules"],
      swiftSettings: optimised,
      // Swift's own libraries inside the command: it starts in half the time and touches fewer pages.
      linkerSettings: isDependency ? [] : [.unsafeFlags(["-static-stdlib"])]),
    .executableTarget(
      name: "CompileCommand",
      dependencies: [
        "KraitCompiler",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "TOMLKit", package: "TOMLKit"),
      ],
      swiftSettings: optimised),
    .testTarget(name: "KraitSyntaxTests", dependencies: ["KraitSyntax"]),
    .testTarget(name: "KraitCompilerTests", dependencies: ["KraitCompiler"]),
    .testTarget(name: "KraitRuntimeTests", dependencies: ["KraitRuntime"]),
  ]
)
