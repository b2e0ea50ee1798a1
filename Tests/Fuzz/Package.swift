// swift-tools-version: 6.2
// Fuzz targets, a package of their own: everything in it is built with the fuzzer's instrumentation (Scripts/fuzz).
import PackageDescription

let fuzzed: [SwiftSetting] = [.unsafeFlags(["-parse-as-library"])]
let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "Krait", path: "../..")],
  targets: [
    .executableTarget(
      name: "FuzzSource",
      dependencies: [.product(name: "KraitCompiler", package: "Krait"), .product(name: "KraitSyntax", package: "Krait")], swiftSettings: fuzzed),
    .executableTarget(
      name: "FuzzCompiled",
      dependencies: [.product(name: "KraitCompiler", package: "Krait"), .product(name: "KraitSyntax", package: "Krait")], swiftSettings: fuzzed),
  ]
)
