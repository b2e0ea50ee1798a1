// swift-tools-version: 6.2
import PackageDescription

/// A package that others depend on, which SwiftPM keeps in a folder `checkouts`, must not use unsafe flags.
let isDependency = Context.packageDirectory.split(separator: "/").contains("checkouts")

func flags(_ flags: [String], _ condition: BuildSettingCondition? = nil) -> [SwiftSetting] {
  isDependency ? [] : [.unsafeFlags(flags, condition)]
}

/// What Scripts/generate-profile counted while programs ran tells the optimiser which way branches go and what to inline: 8 % of the time of programs
/// (RFCs/0006-profile-guided-optimisation.md). With KRAIT_PROFILE_GENERATE set to a folder the build is the one that counts, and writes there.
let profileFolder = Context.environment["KRAIT_PROFILE_GENERATE"]
/// What never ran stands apart from the rest of its function: what programs run of the code fills three quarters of the pages.
let profileFlags = profileFolder.map { ["-DKRAIT_PROFILE_GENERATE", "-Xfrontend", "-ir-profile-generate=\($0)"] }
  ?? ["-Xfrontend", "-ir-profile-use=\(Context.packageDirectory)/Sources/KraitCommand/training.profdata", "-Xllvm", "-enable-split-machine-functions"]

/// The interpreter's own modules are optimised in debug builds too: unoptimised, they are 20 to 50 times slower. Each function has a section of its own, so that the linker
/// can put those together that start-up runs, and a name: functions that LLVM makes of equal ones have none. Swift's regular expressions stay out of the command.
let optimised: [SwiftSetting] = [.swiftLanguageMode(.v6)]
  + flags([
    "-Xfrontend", "-function-sections", "-Xfrontend", "-disable-implicit-string-processing-module-import", "-Xfrontend", "-disable-llvm-merge-functions-pass",
  ])
  + flags(["-O"], .when(configuration: .debug))
  + flags(profileFlags, .when(configuration: .release))
/// Dynamic checks for exclusive access cost the front end 8 % of its time; the runtime's memory is raw pointers, where they check nothing.
let withoutExclusivityChecks = optimised + flags(["-enforce-exclusivity=unchecked"])

/// The trampolines of the evaluator are many small functions that must stay apart, even if they do the same: a merged one costs a jump. They are C, which Swift would have
/// optimised for size, and need no frame pointers: together 7 to 16 % of the instructions of programs.
let evaluatorFlags = flags([
  "-Xllvm", "-swiftmergefunc-threshold=0", "-Xllvm", "-unroll-runtime=false", "-Xcc", "-O2", "-Xcc", "-Xclang", "-Xcc", "-mframe-pointer=none",
])

/// Swift's own libraries go into the command: it starts in half the time, and with the functions in order it touches half the pages. So do jemalloc, GMP and the C++ library
/// (Sources/KraitCommand/Linking says for the names of their shared objects where the archives are): 1.1 MiB less in memory. At a fixed address, as CPython is on Debian,
/// nothing has to be relocated at the start: 0.9 MiB of data stay clean. 2.6 MiB of constants are in a segment that is only read, which is let go of with one call.
let commandLinking: [LinkerSetting] = isDependency ? [] : [
  .unsafeFlags(
    (profileFolder == nil ? [] : ["-profile-generate"]) + ["-static-stdlib", "-use-ld=lld", "-L\(Context.packageDirectory)/Sources/KraitCommand/Linking", "-Xclang-linker", "-no-pie"]
      + [
        "-z", "muldefs", "--gc-sections", "--icf=all", "--no-export-dynamic", "-z", "pack-relative-relocs", "--no-warn-symbol-ordering",
        "--symbol-ordering-file=\(Context.packageDirectory)/Sources/KraitCommand/startup.order",
        "\(Context.packageDirectory)/Sources/KraitCommand/Linking/constants.ld",
      ].flatMap { ["-Xlinker", $0] })
]

let package = Package(
  name: "Krait",
  products: [
    .library(name: "Krait", targets: ["Krait"]),
    .executable(name: "krait", targets: ["KraitCommand"]),
    .executable(name: "krait-compile", targets: ["CompileCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // Without pkg-config: its `-L` would come before that of the folder Linking, and the shared objects be linked.
    .systemLibrary(name: "CGMP", providers: [.apt(["libgmp-dev"])]),
    .systemLibrary(name: "CKraitSystem"),
    .systemLibrary(name: "CKraitZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CKraitBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CKraitLZMA", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "CKraitFFI", providers: [.apt(["libffi-dev"])]),
    .target(
      name: "KraitSyntax",
      dependencies: ["CGMP", "CKraitSystem"],
      swiftSettings: withoutExclusivityChecks),
    .target(
      name: "KraitCompiler",
      dependencies: ["KraitSyntax"],
      swiftSettings: withoutExclusivityChecks),
    .systemLibrary(name: "CJemalloc", providers: [.apt(["libjemalloc-dev"])]),
    .target(name: "CKraitCore"),
    .target(name: "CKraitCommand", dependencies: ["CJemalloc", "CKraitCore"]),
    .systemLibrary(name: "CKraitEvaluator"),
    .target(
      name: "KraitRuntime",
      dependencies: ["KraitCompiler", "CJemalloc", "CKraitCore", "CKraitEvaluator"],
      swiftSettings: withoutExclusivityChecks + evaluatorFlags),
    .target(
      name: "KraitModules",
      dependencies: ["KraitRuntime", "KraitCompiler", "KraitSyntax", "CKraitCore", "CKraitSystem", "CKraitZlib", "CKraitBzip2", "CKraitLZMA", "CKraitFFI"],
      swiftSettings: withoutExclusivityChecks),
    .target(
      name: "Krait",
      dependencies: ["KraitModules", "KraitRuntime"],
      swiftSettings: optimised),
    .executableTarget(
      name: "KraitCommand",
      dependencies: ["KraitModules", "CKraitCommand"],
      exclude: ["startup.order", "training.profdata", "Linking"],
      swiftSettings: optimised,
      linkerSettings: commandLinking),
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
    .testTarget(name: "KraitTests", dependencies: ["Krait"]),
  ]
)
