// swift-tools-version: 6.2
import PackageDescription

// An application that has Python in it. Outside of this checkout the dependency reads `.package(url: "…/krait.git", from: "0.1.0")`.
let package = Package(
  name: "Interpreters",
  dependencies: [.package(name: "krait", path: "../..")],
  targets: [.executableTarget(name: "Interpreters", dependencies: [.product(name: "Krait", package: "krait")])]
)
